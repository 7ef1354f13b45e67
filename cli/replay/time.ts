import { moment } from "../../src/signals/moment.ts";

/** `2014-03-07`, `2014-03-07 03:41`, `2014-03-07T03:41:00.5`: a date, perhaps a time, and no zone. */
const withoutZone = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(?::(\d\d(?:\.\d{1,9})?))?)?$/;
const epoch = /^\d{9,13}(?:\.\d+)?$/;

/**
 * Reads a point in time as people and tools write it, in milliseconds; `undefined` if it is none, or not from 2000 to 2100.
 *
 * ISO 8601 with a zone; without one it is UTC; or the epoch in seconds (up to 10 digits) or milliseconds.
 */
export function readTime(said: string | number): number | undefined {
  return moment.safeParse(toMoment(String(said).trim())).data;
}

function toMoment(text: string): string | number {
  if (epoch.test(text)) return Math.round(Number(text) * (Number(text) < 1e11 ? 1000 : 1));
  const [found, date = "", time = "00:00", seconds = "00"] = withoutZone.exec(text) ?? [];
  if (found) return `${date}T${time}:${seconds}Z`;
  return text.replace(/^(\d{4}-\d\d-\d\d) /, "$1T");
}

/** `2014-03-07 03:41:00`, in UTC. */
export const showTime = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19).replace("T", " ");
