import type { Verdict } from "../detect/verdict.ts";
import { nameInWords, rangeInWords, valueInWords } from "../signals/quantity.ts";
import type { Sample } from "../signals/signal.ts";

/** A verdict as people are told it: "p95 latency 2.4 s, expected 0.6–0.9 s; its level carried 71 % of the deviation". */
export function explain(
  { series, value }: Sample,
  { expected, carried }: Extract<Verdict, { kind: "scored" }>,
): string {
  const [most] = carried;
  const told = `${nameInWords(series)} ${valueInWords(series, value)}, expected ${rangeInWords(series, expected)}`;
  return most ? `${told}; its ${most.feature} carried ${Math.round(most.share * 100)} % of the deviation` : told;
}
