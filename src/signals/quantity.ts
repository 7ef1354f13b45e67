import type { Series } from "./signal.ts";

/** How the units of CloudWatch and of names are said, and how many of them make the next larger one. */
const larger: Readonly<Record<string, readonly (readonly [factor: number, unit: string])[]>> = {
  " ms": [
    [1_000, " s"],
    [60_000, " min"],
  ],
  " B": [
    [1e3, " kB"],
    [1e6, " MB"],
    [1e9, " GB"],
  ],
};
const unitOf: Readonly<Record<string, readonly [factor: number, unit: string]>> = {
  milliseconds: [1, " ms"],
  ms: [1, " ms"],
  seconds: [1_000, " ms"],
  microseconds: [0.001, " ms"],
  bytes: [1, " B"],
  kilobytes: [1e3, " B"],
  megabytes: [1e6, " B"],
  percent: [1, " %"],
};
const unitInName = /(Ms|Milliseconds|Seconds|Bytes|Percent)$/;

/** A series as people speak of it: "p95 latency" for `LatencyMs` with the statistic `p95`. An average is what nobody mentions. */
export function nameInWords({ name, stat }: Series): string {
  const words = name.replace(unitInName, "").replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, " ");
  const plain = words === "" ? name : /[A-Z]{2}/.test(words) ? words : words.toLowerCase();
  return stat === undefined || stat === "Average" ? plain : `${stat.toLowerCase()} ${plain}`;
}

/** A value as people say it, with its unit where one is known: "2.4 s" for 2,400 ms. */
export const valueInWords = (series: Series, value: number): string => {
  const said = scaled(series, value);
  return `${short(value * said.factor)}${said.unit}`;
};

/** A range, the unit said once: "0.6–0.9 s". */
export function rangeInWords(series: Series, { low, high }: { readonly low: number; readonly high: number }): string {
  const { factor, unit } = scaled(series, Math.max(Math.abs(low), Math.abs(high)));
  const dash = low < 0 ? " to " : "–";
  return `${short(low * factor)}${dash}${short(high * factor)}${unit}`;
}

/** What a value is multiplied with, and the unit that it then has. */
function scaled({ name, unit }: Series, value: number): { factor: number; unit: string } {
  const known = unitOf[(unit ?? unitInName.exec(name)?.[1] ?? "").toLowerCase()];
  if (!known) return { factor: 1, unit: "" };
  const size = Math.abs(value) * known[0];
  const [by, said] = larger[known[1]]?.findLast(([from]) => size >= from) ?? [1, known[1]];
  return { factor: known[0] / by, unit: said };
}

/** Three digits, without a trail of zeros. */
function short(x: number): string {
  const size = Math.abs(x);
  if (size !== 0 && (size >= 1e9 || size < 1e-3)) return x.toExponential(1);
  return String(size >= 100 ? Math.round(x) : Number(x.toPrecision(3)));
}
