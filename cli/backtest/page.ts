import type { Difference } from "./compare.ts";
import { differs, figuresOf } from "./figures.ts";
import { assumptions, type Found } from "./found.ts";
import { daysOf } from "./measure.ts";
import { sideInWords } from "./report.ts";
import type { Decided } from "./result.ts";

const style = `
:root { color-scheme: light dark; --old: #8a94a6; --new: #0072b2; --line: #8884; --more: #d55e00; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
svg { width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
table { border-collapse: collapse; font-size: .9rem; } td, th { padding: .2rem .8rem; border-bottom: 1px solid var(--line); text-align: right; }
td:first-child, th:first-child { text-align: left; white-space: pre; } tr.differs { font-weight: 700; }
.key::before { content: ""; display: inline-block; width: .8em; height: .8em; margin-right: .4em; background: var(--of); }
li { margin: .6rem 0; } .more { color: var(--more); font-weight: 700; } del, ins { display: block; text-decoration: none; }
del::before { content: "− "; } ins::before { content: "+ "; } del { color: #b3261e; } ins { color: #0b6e4f; }
@media (prefers-color-scheme: dark) { :root { --new: #56b4e9; } del { color: #ff8a80; } ins { color: #6fd3ac; } }`;

/** One page that needs nothing else: what changes, day by day and incident by incident. */
export function toHtml(found: Found): string {
  const { history, old, new: now, comparison } = found;
  const rows = figuresOf(found).map(
    (row) =>
      `<tr${differs(row) ? ' class="differs"' : ""}>${row.map((cell) => `<td>${escape(cell)}</td>`).join("")}</tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Paramedic: backtest</title><style>${style}</style></head><body>
<h1>What would have been decided</h1>
<p>${history.records.toLocaleString("en-US")} records from ${escape(history.from)} to ${escape(history.to)}.</p>
<p><span class="key" style="--of: var(--old)">old: ${escape(old.name)}</span><br><span class="key" style="--of: var(--new)">new: ${escape(now.name)}</span></p>
<h2>Actions a day that it would have taken by itself</h2>
${chart(found)}
<h2>In numbers</h2>
<table><thead><tr><th></th><th>old</th><th>new</th></tr></thead><tbody>${rows.join("")}</tbody></table>
<h2>${comparison.differences.length} differences, ${comparison.same} decided the same</h2>
<ul>${comparison.differences.map(difference).join("\n")}</ul>
<h2>Assuming</h2>
<ul>${assumptions.map((one) => `<li>${escape(one)}</li>`).join("")}</ul>
</body></html>
`;
}

const wide = 920;
const high = 220;
const [left, floor] = [40, high - 24];

/** Two bars a day, and a mark under the days on which the versions differ. */
function chart({ history, old, new: now, comparison }: Found): string {
  const days = daysOf(history.from, history.to);
  const differing = new Set(comparison.differences.map((one) => (one.new ?? one.old)?.began.slice(0, 10)));
  const counts = days.map((day) => ({
    day,
    old: old.measured.actionsByDay[day] ?? 0,
    new: now.measured.actionsByDay[day] ?? 0,
  }));
  const most = Math.max(1, ...counts.flatMap((one) => [one.old, one.new]));
  const step = (wide - left) / Math.max(1, days.length);
  const bar = (x: number, amount: number, of: "old" | "new", day: string): string => {
    const tall = (amount / most) * (floor - 16);
    const width = Math.max(0.5, step * 0.4);
    return `<rect x="${x.toFixed(1)}" y="${(floor - tall).toFixed(1)}" width="${width.toFixed(1)}" height="${tall.toFixed(1)}" fill="var(--${of})"><title>${day}, ${of}: ${amount}</title></rect>`;
  };
  // A label a day is too many for a month.
  const every = Math.ceil(days.length / 12);
  const drawn = counts.map((one, index) => {
    const x = left + index * step;
    const mark = differing.has(one.day)
      ? `<circle cx="${(x + step * 0.4).toFixed(1)}" cy="${floor + 6}" r="3" fill="var(--more)"><title>${one.day}: decided differently</title></circle>`
      : "";
    const label = index % every === 0 ? `<text x="${x.toFixed(1)}" y="${high - 2}">${one.day.slice(5)}</text>` : "";
    return bar(x, one.old, "old", one.day) + bar(x + step * 0.4, one.new, "new", one.day) + mark + label;
  });
  const scale = `<text x="0" y="20">${most}</text><text x="0" y="${floor}">0</text><path d="M${left} ${floor}H${wide}" stroke="var(--line)"/>`;
  return `<svg viewBox="0 0 ${wide} ${high}" role="img" aria-label="Actions a day, old and new">${scale}${drawn.join("")}</svg>`;
}

function difference({ old, new: now, more }: Difference): string {
  const one = now ?? old;
  if (!one) return "";
  const note = more ? ' <span class="more">would do more by itself</span>' : "";
  return `<li>${escape(one.began)} <b>${escape(one.title)}</b>${note}${side("del", old)}${side("ins", now)}</li>`;
}

const side = (tag: "del" | "ins", one: Decided | undefined): string =>
  one ? `<${tag}>${escape([sideInWords(one), ...one.plan.map(({ does }) => does)].join("; "))}</${tag}>` : "";

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
