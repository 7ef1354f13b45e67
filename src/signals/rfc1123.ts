import { z } from "zod";
import { earliestMoment, latestMoment } from "./moment.ts";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const written = /^[A-Z][a-z]{2}, (\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;

/**
 * A point in time as Health writes it, `Fri, 3 Jun 2022 05:01:10 GMT`, as milliseconds since the epoch.
 *
 * The day has one digit or two. The day of the week is not checked: AWS's own examples have wrong ones.
 */
export const rfc1123 = z.string().transform((text, context) => {
  const [, day, month = "", ...rest] = written.exec(text) ?? [];
  const [year, hour, minute, second] = rest.map(Number);
  const at = Date.UTC(year ?? NaN, months.indexOf(month), Number(day), hour, minute, second);
  // Date takes 31 February for 3 March; written so that NaN fails too.
  const isThatDay = new Date(at).getUTCDate() === Number(day);
  if (isThatDay && months.includes(month) && at >= earliestMoment && at < latestMoment) return at;
  context.addIssue({ code: "custom", message: `${JSON.stringify(text.slice(0, 40))} is not a time` });
  return z.NEVER;
});
