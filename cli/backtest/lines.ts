import type { Series } from "../../src/signals/signal.ts";
import { type Item, windowMs, windowOf } from "./item.ts";

/** As many as one metric sample event may have. */
const pointsMax = 1_000;

/** Nobody's: a file of points names no account. */
const nobody = { account: "000000000000", region: "us-east-1" };

/**
 * A history as both versions are given it: JSON on lines, window by window, in each the measurements first.
 *
 * It is what `paramedic replay -` reads, in every version there is.
 */
export async function* toLines(items: AsyncIterable<Item>): AsyncGenerator<string> {
  let held: Item[] = [];
  let window = -Infinity;
  for await (const item of items) {
    const its = windowOf(item.at);
    if (its > window) {
      yield* linesOf(held, window);
      held = [];
      window = its;
    }
    held.push(item);
  }
  yield* linesOf(held, window);
}

function* linesOf(items: readonly Item[], window: number): Generator<string> {
  const points = items.flatMap((item) =>
    item.kind === "points" ? item.points.map((point) => ({ series: item.series, ...point })) : [],
  );
  for (const [namespace, some] of Map.groupBy(points, ({ series }) => series.namespace)) {
    for (let from = 0; from < some.length; from += pointsMax) {
      yield line(sampleEvent(namespace, (window + 1) * windowMs, some.slice(from, from + pointsMax)));
    }
  }
  for (const item of items) if (item.kind === "object") yield `${item.text}\n`;
  for (const item of items) if (item.kind === "event") yield `${item.text}\n`;
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

const sampleEvent = (
  namespace: string,
  at: number,
  points: readonly { series: Series; at: number; value: number }[],
) => ({
  version: "0",
  id: `backtest-${namespace}-${at}`,
  "detail-type": "Paramedic Metric Sample",
  source: "paramedic.backtest",
  ...nobody,
  time: new Date(at).toISOString(),
  resources: [],
  detail: {
    namespace,
    points: points.map(({ series: { name, dimensions, unit }, at: timestamp, value }) => ({
      name,
      value,
      dimensions,
      timestamp,
      ...(unit !== undefined && { unit }),
    })),
  },
});
