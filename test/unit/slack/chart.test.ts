import { inflateSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chartOf, drawChart } from "../../../src/slack/chart.ts";
import { toPng } from "../../../src/slack/png.ts";

/** The parts of a PNG, by type. */
function chunksOf(png: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    chunks.set(png.toString("ascii", at + 4, at + 8), png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return chunks;
}
/** How many pixels have each colour of the palette. */
function colours(png: Buffer): number[] {
  const rows = inflateSync(chunksOf(png).get("IDAT") ?? Buffer.alloc(0));
  const counts = Array.from({ length: 6 }, () => 0);
  for (const [at, ink] of rows.entries()) if (at % 961 !== 0) counts[ink] = (counts[ink] ?? 0) + 1;
  return counts;
}
const band = (value: number) => ({ value, low: 600, high: 900 });

describe("a chart", () => {
  it("is made of a signal that carries its last points, as an alarm or the detector has them", () => {
    expect(chartOf({ recent: [1, 2, 3], threshold: 2 })).toEqual({
      points: [{ value: 1 }, { value: 2 }, { value: 3 }],
      threshold: 2,
    });
    expect(
      chartOf({ recent: [band(700), band(710), { ...band(2_000), anomalous: true }], highMs: 1_500 }),
    ).toMatchObject({
      points: [{}, { low: 600 }, { anomalous: true }],
      threshold: 1_500,
    });
    expect(chartOf({ recent: [1, 2] })).toBeUndefined();
    expect(chartOf({ recent: [1, "x", 2, 3] })).toBeUndefined();
    expect(chartOf({ kind: "spot-interruption" })).toBeUndefined();
  });

  it("shows the line on its band, the threshold and the anomalies, in a few kilobytes", () => {
    const points = Array.from({ length: 60 }, (_, at) => band(700 + 50 * Math.sin(at / 5)));
    const plain = colours(drawChart({ points }));
    const loud = drawChart({ points: [...points, { ...band(2_400), anomalous: true }], threshold: 1_500 });
    const [, grid = 0, inBand = 0, line = 0, alarm = 0, ink = 0] = plain;

    expect(Math.min(grid, inBand, line, ink)).toBeGreaterThan(300);
    expect(alarm).toBe(0);
    expect(colours(loud)[4]).toBeGreaterThan(500);
    expect(loud.length).toBeLessThan(10_000);
    expect(loud.readUInt32BE(16)).toBe(960);
  });

  it("is the same picture for the same points, whatever they are", () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });
    const point = fc.record({ value, low: value, high: value, anomalous: fc.boolean() }, { requiredKeys: ["value"] });
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 3, maxLength: 40 }),
        fc.option(value, { nil: undefined }),
        (points, threshold) => {
          const given = { points, ...(threshold !== undefined && { threshold }) };
          expect(drawChart(given).equals(drawChart(given))).toBe(true);
        },
      ),
      { seed: 20260304, numRuns: 20 },
    );
  });
});

describe("a PNG", () => {
  it("has the parts that the standard asks for, with their checksums", () => {
    const png = toPng({
      width: 2,
      height: 2,
      palette: [
        [0, 0, 0],
        [255, 0, 0],
      ],
      pixels: Uint8Array.from([0, 1, 1, 0]),
    });
    expect([...chunksOf(png).keys()]).toEqual(["IHDR", "PLTE", "IDAT", "IEND"]);
    expect(png.subarray(-4).toString("hex")).toBe("ae426082");
    expect([...inflateSync(chunksOf(png).get("IDAT") ?? Buffer.alloc(0))]).toEqual([0, 0, 1, 0, 1, 0]);
  });
});
