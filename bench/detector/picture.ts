import type { Run } from "./nab.ts";

const wide = 1000;
const high = 90;
const gap = 50;

/** An SVG of some series: the value, below it the novelty, windows shaded, alarms as red and episodes as black lines. */
export function drawRuns(runs: readonly Run[]): string {
  const all = runs.map((run, i) => `<g transform="translate(20 ${20 + i * (2 * high + gap)})">${drawRun(run)}</g>`);
  const tall = 20 + runs.length * (2 * high + gap);
  const style = "text{font:12px sans-serif}path{fill:none;stroke-width:.8}";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide + 40} ${tall}"><style>${style}</style>${all.join("")}</svg>\n`;
}

function drawRun({ series, novelty, novel, onset }: Run): string {
  const rows = series.values.length;
  const x = (row: number) => ((row / rows) * wide).toFixed(1);
  const shade = series.windows.map(
    ({ first, last }) =>
      `<rect x="${x(first)}" width="${x(last - first + 1)}" y="0" height="${2 * high}" fill="#fd8" opacity=".5"/>`,
  );
  const marks = (flags: Float64Array, colour: string) =>
    [...flags.keys()]
      .filter((row) => flags[row] === 1)
      .map((row) => `<path d="M${x(row)} 0V${2 * high}" stroke="${colour}"/>`);
  return [
    `<text y="-5">${series.name}</text>`,
    ...shade,
    `<path d="${line(series.values, 0)}" stroke="#36c"/>`,
    `<path d="${line(novelty, high)}" stroke="#393"/>`,
    ...marks(novel, "#d22"),
    ...marks(onset, "#000"),
  ].join("");
}

/** At most two points a pixel, the lowest and the highest: a spike of one row stays visible. */
function line(values: Float64Array, top: number): string {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const range = values.reduce((a, b) => Math.max(a, b), -Infinity) - low || 1;
  const step = Math.max(1, Math.ceil(values.length / wide));
  const points: string[] = [];
  for (let from = 0; from < values.length; from += step) {
    const part = values.subarray(from, from + step);
    for (const value of [Math.min(...part), Math.max(...part)]) {
      const y = top + high - 4 - ((value - low) / range) * (high - 8);
      points.push(`${((from / values.length) * wide).toFixed(1)} ${y.toFixed(1)}`);
    }
  }
  return `M${points.join("L")}`;
}
