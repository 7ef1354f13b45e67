import { describe, expect, it } from "vitest";
import type { ScoredFile } from "../../../../bench/detector/nab-score.ts";
import { bestThreshold, probation, profiles, rawScore, scoreAt } from "../../../../bench/detector/nab-score.ts";

const rows = 100;
const { standard, lowFP, lowFN } = profiles;

/** A file of 100 rows, 15 of them probation, with a window from 50 to 59 and alerts at the rows given. */
function given(...alerts: number[]): ScoredFile {
  const scores = new Float64Array(rows);
  for (const row of alerts) scores[row] = 1;
  return { scores, windows: [{ first: 50, last: 59 }] };
}

const points = (...alerts: number[]) => rawScore(given(...alerts), standard, 1);

describe("the NAB scorer", () => {
  it("gives a whole point for an alert on the first row of a window", () => {
    expect(points(50)).toBeCloseTo(1, 12);
  });

  it("gives less the later the alert, and hardly anything on the last row", () => {
    expect(points(52)).toBeLessThan(1);
    expect(points(55)).toBeLessThan(points(52));
    // 2 ÷ (1 + e^(−0.5)) − 1, over the same at −1.
    expect(points(59)).toBeCloseTo(0.24492 / 0.98661, 4);
  });

  it("counts the best alert of a window once", () => {
    expect(points(50, 51, 55)).toBe(points(50));
  });

  it("takes a point for a window without an alert, two where misses are dear", () => {
    expect(points()).toBe(-1);
    expect(rawScore(given(), lowFN, 1)).toBe(-2);
  });

  it("takes 0.11 for a false alert before the window, 0.22 where they are dear", () => {
    expect(points(30, 50)).toBeCloseTo(1 - 0.11, 12);
    expect(rawScore(given(30, 50), lowFP, 1)).toBeCloseTo(1 - 0.22, 12);
  });

  it("takes less for an alert just behind the window, and all of it three widths behind", () => {
    // One row of nine: 2 ÷ (1 + e^(5⁄9)) − 1.
    expect(points(50, 60)).toBeCloseTo(1 - 0.11 * 0.27085, 4);
    expect(points(50, 95)).toBeCloseTo(1 - 0.11, 12);
  });

  it("does not count alerts in the probation, 15 % of the rows and at most 750", () => {
    expect(points(14, 50)).toBeCloseTo(1, 12);
    expect(points(15, 50)).toBeCloseTo(1 - 0.11, 12);
    expect(probation(100)).toBe(15);
    expect(probation(20_000)).toBe(750);
  });

  it("is 0 for a detector that never alerts and 100 for one that is right at once", () => {
    for (const profile of [standard, lowFP, lowFN]) {
      expect(scoreAt([given(), given()], profile, 1)).toBeCloseTo(0, 12);
      expect(scoreAt([given(50), given(50)], profile, 1)).toBeCloseTo(100, 12);
    }
    expect(scoreAt([given(50), given()], standard, 1)).toBeCloseTo(50, 12);
  });

  it("finds the threshold that trades the windows of all files against their false alerts", () => {
    const first = given();
    const second = given();
    first.scores[50] = 0.9;
    second.scores[50] = 0.5;
    for (let row = 20; row < 24; row++) first.scores[row] = 0.6;
    // Worth it: one more window against four false alerts.
    const found = bestThreshold([first, second], standard);
    expect(found.threshold).toBe(0.5);
    expect(found.score).toBeCloseTo(scoreAt([first, second], standard, 0.5), 12);
    for (let row = 24; row < 45; row++) first.scores[row] = 0.6;
    expect(bestThreshold([first, second], standard).threshold).toBe(0.9);
  });
});
