/** What happened over time, in lanes: one incident under each controller. */
export interface Timeline {
  readonly title: string;
  /** In words: hours, minutes. */
  readonly unit: string;
  readonly end: number;
  readonly lanes: readonly Lane[];
}

export interface Lane {
  readonly name: string;
  /** Stretches of one state, `from` to `to` in the timeline's unit. */
  readonly spans: readonly { readonly from: number; readonly to: number; readonly state: string }[];
  readonly marks?: readonly { readonly at: number; readonly says: string }[];
}

/** A value with its interval, by name. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly isOurs?: boolean;
}

const wide = 860;
const left = 190;
const right = 60;
const row = 26;
const ours = "#0b6e4f";
const others = "#8a94a6";
/** Told apart by people who see colours differently, and in print (Okabe and Ito); nothing is pale. */
const palette = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9"];
const nothing = "#8a94a640";

export const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const svg = (high: number, label: string, parts: readonly string[]): string =>
  `<figure><svg viewBox="0 0 ${wide} ${high}" role="img" aria-label="${escape(label)}">${parts.join("")}</svg></figure>`;

const text = (x: number, y: number, said: string, more = ""): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escape(said)}</text>`;

/** A length on the page for a value, from 0 to `most`. */
const scale = (most: number) => (value: number) =>
  left + (Math.max(0, Math.min(value, most)) / (most || 1)) * (wide - left - right);

/** Values beside each other, ours in colour, each with its interval. */
export function bars(label: string, values: readonly Bar[], say: (value: number) => string): string {
  const x = scale(Math.max(...values.map(({ value, high }) => Math.max(value, Number.isFinite(high) ? high : 0))));
  const drawn = values.map(({ name, value, low, high, isOurs }, index) => {
    const y = index * row;
    const interval =
      low < high
        ? `<path d="M${x(low).toFixed(1)} ${y + 11}H${x(high).toFixed(1)}" stroke="currentColor" stroke-width="1.5"/>`
        : "";
    return [
      text(left - 8, y + 15, name, `text-anchor="end"${isOurs ? ' font-weight="700"' : ""}`),
      `<rect x="${left}" y="${y + 3}" width="${(x(value) - left).toFixed(1)}" height="${row - 9}" rx="2" fill="${isOurs ? ours : others}"/>`,
      interval,
      text(Math.max(x(value), x(high)) + 6, y + 15, say(value)),
    ].join("");
  });
  return svg(values.length * row, label, drawn);
}

/** Controllers by two metrics that are at odds: the lower left corner is where one wants to be. Who never gets there is only named. */
export function scatter(
  [across, up]: readonly [string, string],
  all: readonly { readonly name: string; readonly x: number; readonly y: number; readonly isOurs?: boolean }[],
): string {
  const isSeen = ({ x, y }: (typeof all)[number]) => Number.isFinite(x) && Number.isFinite(y);
  const points = all.filter(isSeen);
  const unseen = all.filter((point) => !isSeen(point)).map(({ name }) => name);
  const high = 320;
  const floor = high - 40;
  const x = scale(1.15 * Math.max(1, ...points.map((point) => point.x)));
  const most = 1.1 * Math.max(1, ...points.map((point) => point.y));
  const y = (value: number) => floor - (value / most) * (floor - 20);
  let lastLabel = -Infinity;
  const drawn = points
    .toSorted((a, b) => b.y - a.y)
    .map(({ name, isOurs, ...point }) => {
      const [cx, cy] = [x(point.x), y(point.y)];
      // Names of neighbours stand under each other.
      const label = Math.max(cy + 4, lastLabel + 13);
      lastLabel = label;
      const weight = isOurs ? ' font-weight="700"' : "";
      const end = cx > wide / 2 ? ' text-anchor="end"' : "";
      return `<circle cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="6" fill="${isOurs ? ours : others}"/>${text(cx + (end ? -10 : 10), label, name, weight + end)}`;
    });
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    text(left - 8, y(share * most) + 4, (share * most).toFixed(0), 'text-anchor="end" class="soft"'),
    `<path d="M${left} ${y(share * most).toFixed(1)}H${wide - right}" class="grid"/>`,
  ]);
  const names = [
    text(wide - right, high - 8, across, 'text-anchor="end" class="soft"'),
    text(8, 14, up, 'class="soft"'),
    ...(unseen.length > 0 ? [text(left, high - 8, `never: ${unseen.join(", ")}`, 'class="soft"')] : []),
  ];
  return svg(high, `${up} against ${across}`, [...ticks, ...names, ...drawn]);
}

/** One incident under each controller, lane by lane. */
export function timeline({ title, unit, end, lanes }: Timeline): string {
  const x = scale(end);
  const states = [...new Set(lanes.flatMap(({ spans }) => spans.map(({ state }) => state)))].sort();
  const colour = (state: string) =>
    state === "nothing" ? nothing : (palette[states.indexOf(state) % palette.length] ?? others);
  const drawn = lanes.map(({ name, spans, marks = [] }, index) => {
    const y = index * row;
    const stretches = joined(spans).map(
      ({ from, to, state }) =>
        `<rect x="${x(from).toFixed(1)}" y="${y + 4}" width="${Math.max(0.6, x(to) - x(from)).toFixed(1)}" height="${row - 10}" fill="${colour(state)}"><title>${escape(`${state}, ${from.toFixed(1)} to ${to.toFixed(1)} ${unit}`)}</title></rect>`,
    );
    const said = marks.map(
      ({ at, says }) =>
        `<path d="M${x(at).toFixed(1)} ${y + 1}V${y + row - 3}" stroke="currentColor"/>${text(x(at) + 4, y + 15, says)}`,
    );
    return text(left - 8, y + 15, name, 'text-anchor="end"') + stretches.join("") + said.join("");
  });
  const foot = lanes.length * row + 16;
  const ticks = Array.from({ length: 6 }, (_, i) =>
    text(x((i * end) / 5), foot, `${((i * end) / 5).toFixed(0)} ${unit}`, 'class="soft" text-anchor="middle"'),
  );
  // About seven units a letter, and room for the square.
  const place = (i: number): number => states.slice(0, i).reduce((sum, state) => sum + 40 + 7 * state.length, left);
  const legend = states.map(
    (state, i) =>
      `<rect x="${place(i)}" y="${foot + 12}" width="12" height="12" fill="${colour(state)}"/>${text(place(i) + 18, foot + 22, state)}`,
  );
  return svg(foot + 34, title, [...drawn, ...ticks, ...legend]);
}

/** Neighbouring stretches of one state become one. */
function joined(spans: Lane["spans"]): Lane["spans"] {
  const all: { from: number; to: number; state: string }[] = [];
  for (const span of spans) {
    const last = all.at(-1);
    if (last?.state === span.state && span.from - last.to < 1e-6) last.to = span.to;
    else all.push({ ...span });
  }
  return all;
}
