import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nameInWords, rangeInWords, valueInWords } from "../../../src/signals/quantity.ts";
import type { Series } from "../../../src/signals/signal.ts";

const series = (name: string, more: Partial<Series> = {}): Series => ({
  namespace: "Paramedic",
  name,
  dimensions: {},
  ...more,
});

describe("a series in words", () => {
  it.each([
    [series("LatencyMs", { stat: "p95" }), "p95 latency"],
    [series("LatencyMs", { stat: "Average" }), "latency"],
    [series("ApproximateNumberOfMessagesVisible"), "approximate number of messages visible"],
    [series("CPUUtilization", { stat: "Maximum" }), "maximum CPUUtilization"],
    [series("Seconds"), "Seconds"],
  ])("%o is %s", (one, words) => expect(nameInWords(one)).toBe(words));
});

describe("a value in words", () => {
  it.each([
    [series("LatencyMs"), 2_400, "2.4 s"],
    [series("LatencyMs"), 750.4, "750 ms"],
    [series("Latency", { unit: "Seconds" }), 0.25, "250 ms"],
    [series("Duration", { unit: "Milliseconds" }), 90_000, "1.5 min"],
    [series("Memory", { unit: "Bytes" }), 3_221_225_472, "3.22 GB"],
    [series("MemoryPercent"), 71.25, "71.3 %"],
    [series("Depth", { unit: "Count" }), 12_000, "12000"],
    [series("Errors"), 0, "0"],
  ])("%o of %d is %s", (one, value, words) => expect(valueInWords(one, value)).toBe(words));

  it("says the unit of a range once, that of its larger end", () => {
    expect(rangeInWords(series("LatencyMs"), { low: 600, high: 900 })).toBe("600–900 ms");
    expect(rangeInWords(series("LatencyMs"), { low: 600, high: 1_900 })).toBe("0.6–1.9 s");
    expect(rangeInWords(series("Balance"), { low: -3, high: 4 })).toBe("-3 to 4");
  });

  it("never says what is no number", () => {
    const unit = fc.constantFrom("Seconds", "Bytes", "Percent", "Count", "None");
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e37, max: 1e37 }), unit, (value, unit) => {
        expect(valueInWords(series("X", { unit }), value)).not.toMatch(/NaN|Infinity|undefined/);
      }),
      { seed: 1 },
    );
  });
});
