import type { Duration } from "./clock.ts";

const units = { s: "seconds", m: "minutes", h: "hours", d: "days" } as const;
const spelled = /^(\d+(?:\.\d+)?)\s*(s|m|h|d|sec|secs|seconds?|min|mins|minutes?|hr|hrs|hours?|days?)$/i;

/** Reads a length of time as people type it: `30m`, `2 hours`, `1.5h`. `undefined`: it is none, or nothing. */
export function readDuration(text: string): Duration | undefined {
  const [, amount, unit = ""] = spelled.exec(text.trim()) ?? [];
  const first = unit.slice(0, 1).toLowerCase();
  if (amount === undefined || !isUnit(first) || Number(amount) === 0) return undefined;
  return { [units[first]]: Number(amount) };
}

const isUnit = (letter: string): letter is keyof typeof units => letter in units;
