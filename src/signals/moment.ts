import { z } from "zod";

/** No event of ours is older: the first of these services opened in 2006. */
export const earliestMoment = Date.UTC(2000, 0);
/** Far enough for any clock that is merely wrong; also keeps every moment inside what `Date` and JSON hold exactly. */
export const latestMoment = Date.UTC(2100, 0);

const iso = z.iso.datetime({ offset: true });

/**
 * A point in time, as milliseconds since the epoch.
 *
 * Accepts ISO 8601 with a zone, also CloudWatch's spelling without a colon (`+0000`), and epoch milliseconds, also as the
 * text that SageMaker puts into `time`. Epoch seconds are refused rather than guessed: as milliseconds they lie in January
 * 1970, and the sender should learn of the mistake. Whether a moment is too old or not yet is for the engine to say.
 */
export const moment = z.unknown().transform((said, context) => {
  const at = toEpochMs(said);
  // Written so that NaN fails too.
  if (at >= earliestMoment && at < latestMoment) return Math.trunc(at);
  context.addIssue({ code: "custom", message: refusal(said) });
  return z.NEVER;
});

function toEpochMs(said: unknown): number {
  if (typeof said === "number") return said;
  if (typeof said !== "string") return NaN;
  if (/^\d{12,13}$/.test(said)) return Number(said);
  const { success, data } = iso.safeParse(said.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  return success ? Date.parse(data) : NaN;
}

function refusal(said: unknown): string {
  if (said === undefined) return "missing";
  if (typeof said !== "string" && typeof said !== "number") return `a ${typeof said} is not a time`;
  const shown = JSON.stringify(typeof said === "string" ? said.slice(0, 40) : said);
  const seconds = typeof said === "number" && said >= earliestMoment / 1000 && said < latestMoment / 1000;
  return `${shown} is not a time from 2000 to 2100${seconds ? ": epoch seconds? send milliseconds" : ""}`;
}
