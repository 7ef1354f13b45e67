import { describe, expect, it } from "vitest";
import { ago, clockTime, countdown, isoTime, length, offset, planned } from "../../../../local/console/app/words.ts";

describe("the console's words", () => {
  it("says lengths of time in two units", () => {
    expect([0, 2_430, 59_940, 59_960, 185_000, 3_720_000, 100_800_000].map(length)).toEqual([
      "0.0 s",
      "2.4 s",
      "59.9 s",
      "1 min 00 s",
      "3 min 05 s",
      "1 h 02 min",
      "1 d 4 h",
    ]);
  });

  it("says what was before the beginning", () => {
    expect([offset(2_400), offset(-1_000)]).toEqual(["+2.4 s", "−1.0 s"]);
  });

  it("counts down to zero and no further", () => {
    expect([3_723_000, 82_000, 81_001, 0, -5_000].map(countdown)).toEqual(["1:02:03", "1:22", "1:22", "0:00", "0:00"]);
  });

  it("says roughly how long ago something was", () => {
    expect([-50, 4_999, 36_000, 3_599_000, 7_200_000, 200_000_000].map(ago)).toEqual([
      "just now",
      "just now",
      "36 s ago",
      "59 min ago",
      "2 h ago",
      "2 d ago",
    ]);
  });

  it("says a plan's durations as they were given", () => {
    expect([planned({ minutes: 30 }), planned({ hours: 1, minutes: 30 }), planned({})]).toEqual([
      "30 min",
      "1 h 30 min",
      "0 s",
    ]);
  });

  it("says that a time is unknown rather than failing", () => {
    expect([clockTime(Number.NaN), clockTime(9e15), isoTime(Number.POSITIVE_INFINITY)]).toEqual([
      "unknown time",
      "unknown time",
      undefined,
    ]);
  });
});
