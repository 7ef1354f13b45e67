import type { Duration } from "../../../src/clock.ts";

/** All times are in UTC, as in the logs: people who compare the two at night should not have to calculate. */
const utc = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", hourCycle: "h23", ...options });
const clockFormat = utc({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const hourFormat = utc({ hour: "2-digit", minute: "2-digit" });
const dayFormat = utc({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
const dateFormat = utc({ day: "numeric", month: "short" });
const countFormat = new Intl.NumberFormat("en");

/** 8.64e15 is the end of time for a Date; formatting anything beyond it throws. */
const isMoment = (at: number): boolean => Number.isFinite(at) && Math.abs(at) <= 8.64e15;
const shown = (format: Intl.DateTimeFormat, at: number): string => (isMoment(at) ? format.format(at) : "unknown time");

export const clockTime = (at: number): string => shown(clockFormat, at);
export const hourTime = (at: number): string => shown(hourFormat, at);
export const dayOf = (at: number): string => shown(dayFormat, at);
export const dateTime = (at: number): string => `${shown(dateFormat, at)}, ${shown(hourFormat, at)}`;
export const isoTime = (at: number): string | undefined => (isMoment(at) ? new Date(at).toISOString() : undefined);
export const count = (amount: number): string => countFormat.format(amount);
export const countOf = (amount: number, thing: string): string => `${count(amount)} ${thing}${amount === 1 ? "" : "s"}`;
/** A measurement with its unit: whole numbers, since nobody decides on less, unless it is small. */
export function amount(value: number, unit: "ms" | "%" | ""): string {
  const number = count(Math.abs(value) >= 10 ? Math.round(value) : Number(value.toPrecision(2)));
  return unit === "" ? number : `${number} ${unit}`;
}

/** A length of time in its two largest units: `4.2 s`, `3 min 05 s`, `1 h 02 min`, `3 d 4 h`. */
export function length(ms: number): string {
  const tenths = Math.round(ms / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const [days, hours, minutes] = [seconds / 86_400, (seconds / 3_600) % 24, (seconds / 60) % 60].map(Math.floor);
  if (days) return `${days} d ${hours} h`;
  if (hours) return `${hours} h ${two(minutes)} min`;
  return `${minutes} min ${two(seconds % 60)} s`;
}

/** How long after the beginning something was: `+4.2 s`, or `−1.0 s` when it was before. */
export const offset = (ms: number): string => `${ms < 0 ? "−" : "+"}${length(Math.abs(ms))}`;

/** What is left of a time, as a clock counts down: `1:32`, `1:02:03`. Never below zero. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** How long ago, roughly: what is long past does not change its words each second. */
export function ago(ms: number): string {
  if (ms < 5_000) return "just now";
  if (ms < 60_000) return `${Math.floor(ms / 1_000)} s ago`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ago`;
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)} h ago`;
  return `${Math.floor(ms / 86_400_000)} d ago`;
}

/** A length of time as a plan says it: `30 min`, `1 h 30 min`. */
export function planned({ days, hours, minutes, seconds }: Duration): string {
  const parts = [days && `${days} d`, hours && `${hours} h`, minutes && `${minutes} min`, seconds && `${seconds} s`];
  return parts.filter(Boolean).join(" ") || "0 s";
}

/** Slack stores text with these three escaped, and shows it without. */
export const fromSlack = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

const two = (amount = 0): string => String(amount).padStart(2, "0");
