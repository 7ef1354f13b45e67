import type { Estimate } from "./interval.ts";
import type { Fared, Summary } from "./summary.ts";

/** A number as a person would write it: three digits. */
export function say(value: number | null): string {
  if (value === null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return "never";
  const size = Math.abs(value);
  return size >= 100 || value === 0
    ? value.toFixed(0)
    : size < 1e-3
      ? value.toExponential(1)
      : String(Number(value.toPrecision(3)));
}

/** With its interval, if there is one to speak of. */
export const sayEstimate = ({ mean, low, high }: Estimate): string =>
  low === high || Number.isNaN(low) ? say(mean) : `${say(mean)} (${say(low)} to ${say(high)})`;

/** The controllers of a scenario, ours last but one, the limit last. */
export const controllers = ({ bot, baselines, oracle }: Summary): (Fared & { readonly name: string })[] => [
  ...baselines,
  { name: "Paramedic", ...bot },
  { name: "limit", ...oracle },
];

/** A scenario as a table on a terminal. */
export function toText(summary: Summary): string {
  const { id, title, seeds, lossUnit, recoveredShare, ci95, against } = summary;
  const rows = controllers(summary).flatMap(({ name, loss, metrics, delays }) => [
    `  ${name.padEnd(24)} ${sayEstimate(loss)}`,
    ...Object.entries(metrics).map(([metric, value]) => `      ${metric.padEnd(28)} ${sayEstimate(value)}`),
    ...Object.entries(delays).map(
      ([delay, { median, p90, missed, incidents }]) =>
        `      ${delay.padEnd(28)} median ${sayEstimate(median)}, p90 ${say(p90)}, missed ${say(100 * missed)} % of ${incidents}`,
    ),
  ]);
  const share =
    recoveredShare === null || !ci95
      ? "nothing to recover"
      : `${say(recoveredShare)} (${say(ci95[0])} to ${say(ci95[1])})`;
  return [
    "",
    `${id} ${title}, ${seeds} seeds; lost in ${lossUnit}, with 95 % intervals over seeds`,
    ...rows,
    `  recovered share against "${against}": ${share}`,
    `  false actions a week ${say(summary.falseActions)}, harmful ${say(summary.harmfulActions)} of ${summary.actionsTested} tried, prompts a day ${say(summary.prompts)}`,
    ...(summary.note === undefined ? [] : [`  ${summary.note}`]),
    ...summary.goals.map(({ says, value, reached }) => `  ${reached ? "reached" : "MISSED "} ${says}: ${say(value)}`),
    "",
  ].join("\n");
}
