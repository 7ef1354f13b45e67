import { z } from "zod";
import type { Json } from "../json.ts";
import { type Picture, toPng } from "./png.ts";

/** A series as it was when the incident began: points in order, what was expected of them, and where trouble begins. */
const chart = z.object({
  points: z
    .array(
      z.object({
        value: z.number(),
        low: z.number().optional(),
        high: z.number().optional(),
        anomalous: z.boolean().optional(),
      }),
    )
    // Two points are a line and no picture of anything.
    .min(3)
    .max(500),
  threshold: z.number().optional(),
});
export type Chart = z.infer<typeof chart>;

const carrying = z.object({
  recent: z.array(z.unknown()),
  threshold: z.number().optional(),
  highMs: z.number().optional(),
});

/** The chart of a signal that carries its last points, as an alarm's values or as what the detector made of them. */
export function chartOf(signal: Json): Chart | undefined {
  const { recent = [], threshold, highMs } = carrying.safeParse(signal).data ?? {};
  const points = recent.map((point) => (typeof point === "number" ? { value: point } : point));
  return chart.safeParse({ points, threshold: threshold ?? highMs }).data;
}

const size = { width: 960, height: 300 };
/** Room for numbers at the left, and so that nothing touches an edge. */
const frame = { left: 90, right: 16, top: 16, bottom: 16 };
const colour = { paper: 0, grid: 1, band: 2, line: 3, alarm: 4, ink: 5 } as const;
/** Readable on white and on dark, and apart from each other for those who see no red or green. */
const palette: Picture["palette"] = [
  [255, 255, 255],
  [226, 228, 232],
  [204, 224, 245],
  [29, 78, 137],
  [200, 60, 20],
  [70, 72, 80],
];

/** The values between which everything is, with some room above and below. */
function extent({ points, threshold }: Chart): { low: number; high: number } {
  const all = points.flatMap(({ value, low = value, high = value }) => [value, low, high]);
  const low = Math.min(...all, threshold ?? Infinity);
  const high = Math.max(...all, threshold ?? -Infinity);
  const room = (high - low) * 0.05 || Math.abs(high) * 0.1 || 1;
  // What is never below nothing is not drawn as if it were.
  return { low: low >= 0 ? Math.max(0, low - room) : low - room, high: high + room };
}

/** Draws the signal against what was expected of it: the band, the line, the threshold dashed, anomalies as dots. Pure. */
export function drawChart(given: Chart): Buffer {
  const { points, threshold } = given;
  const { low, high } = extent(given);
  const pixels = new Uint8Array(size.width * size.height);
  const inner = { width: size.width - frame.left - frame.right, height: size.height - frame.top - frame.bottom };
  const xOf = (at: number) => frame.left + (at * inner.width) / (points.length - 1);
  const yOf = (value: number) => frame.top + ((high - value) / (high - low)) * inner.height;
  const dot = (x: number, y: number, radius: number, ink: number) => {
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        const [px, py] = [Math.round(x) + dx, Math.round(y) + dy];
        const isInside = px >= 0 && px < size.width && py >= 0 && py < size.height;
        if (isInside && dx * dx + dy * dy <= radius * radius + 1) pixels[py * size.width + px] = ink;
      }
    }
  };
  const across = (y: number, ink: number, dash = 0) => {
    for (let x = frame.left; x < size.width - frame.right; x++)
      if (dash === 0 || x % (2 * dash) < dash) dot(x, y, 0, ink);
  };

  for (let x = frame.left; x < size.width - frame.right; x++) {
    const { low: from, high: to } = between(points, ((x - frame.left) * (points.length - 1)) / inner.width);
    if (from !== undefined && to !== undefined) for (let y = yOf(to); y <= yOf(from); y++) dot(x, y, 0, colour.band);
  }
  for (const value of [low, (low + high) / 2, high]) {
    across(yOf(value), colour.grid);
    write(label(value), 8, Math.min(Math.max(yOf(value) - 7, 2), size.height - 16), dot);
  }
  if (threshold !== undefined) for (const dy of [0, 1]) across(yOf(threshold) + dy, colour.alarm, 8);
  points.slice(1).forEach(({ value }, index) => {
    const from = points[index]?.value ?? value;
    const steps = Math.ceil(Math.hypot(xOf(1) - xOf(0), yOf(value) - yOf(from)));
    for (let step = 0; step <= steps; step++) {
      const part = step / steps;
      dot(xOf(index + part), yOf(from + (value - from) * part), 1, colour.line);
    }
  });
  points.forEach(({ value, anomalous }, at) => anomalous && dot(xOf(at), yOf(value), 5, colour.alarm));
  return toPng({ ...size, palette, pixels });
}

/** What was expected between two points, on the straight line from one to the other. */
function between(points: Chart["points"], at: number): { low?: number; high?: number } {
  const left = points[Math.floor(at)];
  const right = points[Math.ceil(at)];
  if (left?.low === undefined || left.high === undefined || right?.low === undefined || right.high === undefined)
    return {};
  const part = at - Math.floor(at);
  return { low: left.low + (right.low - left.low) * part, high: left.high + (right.high - left.high) * part };
}

/** Three digits, short: `1.5k`, `240`, `0.03`. */
function label(value: number): string {
  const units = [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const;
  const [unit, name] = units.find(([unit]) => Math.abs(value) >= unit) ?? [1, ""];
  return `${Number((value / unit).toPrecision(3))}${name}`;
}

/** Letters of three by five dots, a row each as three bits: all that a label needs. */
const letters: Readonly<Record<string, string>> = {
  "0": "75557",
  "1": "26227",
  "2": "71747",
  "3": "71717",
  "4": "55711",
  "5": "74717",
  "6": "74757",
  "7": "71111",
  "8": "75757",
  "9": "75717",
  ".": "00002",
  "-": "00700",
  "+": "02720",
  e: "07746",
  k: "45655",
  M: "57755",
  G: "74557",
};

function write(text: string, left: number, top: number, dot: (x: number, y: number, r: number, ink: number) => void) {
  const scale = 3;
  text.split("").forEach((letter, place) => {
    (letters[letter] ?? "00000").split("").forEach((row, y) => {
      for (const x of [0, 1, 2]) {
        if ((Number(row) & (4 >> x)) === 0) continue;
        dot(left + (place * 4 + x) * scale, top + y * scale, 1, colour.ink);
      }
    });
  });
}
