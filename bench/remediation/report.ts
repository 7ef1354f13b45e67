import { bars, escape, scatter, timeline } from "./plot.ts";
import type { Scenario } from "./scenario.ts";
import type { Summary } from "./summary.ts";
import { controllers, say, sayEstimate } from "./text.ts";

const style = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #d8dde6; --ours: #eef7f3; --page: #fff; --good: #0b6e4f; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e3e8ef; --soft: #9aa5b4; --line: #38414e; --ours: #16332a; --page: #14181e; --good: #4cc49a; --bad: #ff8a80; }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1.5rem; }
figure { margin: .5rem 0; overflow-x: auto; } svg { width: 100%; min-width: 40rem; height: auto; display: block; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); } svg .soft { fill: var(--soft); } svg .grid { stroke: var(--line); }
table { border-collapse: collapse; width: 100%; font-size: .85rem; display: block; overflow-x: auto; }
th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } tr.ours { font-weight: 700; background: var(--ours); }
li.reached::marker { content: "✓  "; color: var(--good); } li.missed::marker { content: "✗  "; color: var(--bad); }`;

/** One self-contained page: a summary for whoever decides, the tables for whoever checks. */
export function toHtml(scenarios: readonly Scenario[], summaries: readonly Summary[]): string {
  const shares = summaries.flatMap(({ id, title, recoveredShare, ci95 }) =>
    recoveredShare === null || !ci95
      ? []
      : [{ name: `${id} ${title}`, value: recoveredShare, low: ci95[0], high: ci95[1], isOurs: true }],
  );
  const sections = summaries.map((summary) => {
    const scenario = scenarios.find(({ id }) => id === summary.id);
    return scenario ? section(scenario, summary) : "";
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Paramedic: the remediation benchmark</title><style>${style}</style></head><body>
<h1>What Paramedic is worth</h1>
<p>Recorded traces of real systems, replayed on a simulated AWS: the same worlds under each way of running them. <b>Recovered share</b> is
how much of the loss that could be avoided is avoided: 0 is what users have today, 1 the physical limit, less than 0 is harm. Lines are 95 %
intervals over seeds.</p>
${shares.length > 0 ? bars("Recovered share by scenario", shares, say) : ""}
${sections.join("\n")}
</body></html>
`;
}

function section({ about, atOdds }: Scenario, summary: Summary): string {
  const { id, title, lossUnit, seeds, goals } = summary;
  const all = controllers(summary);
  const picture = (metric: string) =>
    all.map(({ name, metrics }) => ({ name, value: metrics[metric]?.mean ?? Number.NaN }));
  const points =
    atOdds &&
    picture(atOdds[0]).map(({ name, value }, i) => ({
      name,
      x: value,
      y: picture(atOdds[1])[i]?.value ?? 0,
      isOurs: name === "Paramedic",
    }));
  const losses = all.map(({ name, loss }) => ({
    name,
    value: loss.mean,
    low: loss.low,
    high: loss.high,
    isOurs: name === "Paramedic",
  }));
  return `<h2>${escape(`${id} ${title}`)}</h2>
<p>${escape(about)} ${seeds} seeds.</p>
${summary.note === undefined ? "" : `<p>${escape(summary.note)}</p>`}
<ul>${goals.map(({ says, value, reached }) => `<li class="${reached ? "reached" : "missed"}">${escape(says)}: ${escape(say(value))}</li>`).join("")}</ul>
<h3>Lost, in ${escape(lossUnit)}</h3>
${bars(`Loss in ${lossUnit}`, losses, say)}
${points && atOdds ? `<h3>${escape(`${words(atOdds[1])} against ${words(atOdds[0])}`)}</h3>${scatter([words(atOdds[0]), words(atOdds[1])], points)}` : ""}
${summary.timeline ? `<h3>${escape(summary.timeline.title)}</h3>${timeline(summary.timeline)}` : ""}
${table(all)}`;
}

/** A metric's name as people would write it: `drainMinutes` is drain minutes. */
const words = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function table(all: ReturnType<typeof controllers>): string {
  const metrics = [...new Set(all.flatMap((one) => Object.keys(one.metrics)))];
  const delays = [...new Set(all.flatMap((one) => Object.keys(one.delays)))];
  const head = ["", ...metrics.map(words), ...delays.map((name) => `${words(name)}: median, p90, missed`)];
  const rows = all.map(({ name, ...one }) => {
    const cells = [
      name,
      ...metrics.map((metric) => (one.metrics[metric] ? sayEstimate(one.metrics[metric]) : "–")),
      ...delays.map((delay) => {
        const found = one.delays[delay];
        return found ? `${sayEstimate(found.median)}, ${say(found.p90)}, ${say(100 * found.missed)} %` : "–";
      }),
    ];
    return `<tr${name === "Paramedic" ? ' class="ours"' : ""}>${cells.map((cell) => `<td>${escape(cell)}</td>`).join("")}</tr>`;
  });
  return `<table><thead><tr>${head.map((cell) => `<th>${escape(cell)}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}
