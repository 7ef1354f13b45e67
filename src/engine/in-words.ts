import { type Duration, toMs } from "../clock.ts";

/** `{ hours: 1, minutes: 30 }` as "1 h 30 min". */
export function inWords(length: Duration): string {
  const seconds = Math.round(toMs(length) / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor((seconds % 86_400) / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "min"],
    [seconds % 60, "s"],
  ] as const;
  const words = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`);
  return words.join(" ") || "0 s";
}
