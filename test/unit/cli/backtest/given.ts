import type { Item } from "../../../../cli/backtest/item.ts";
import type { Decided, Result } from "../../../../cli/backtest/result.ts";
import type { Source } from "../../../../cli/backtest/source.ts";

/** An incident that a version decided about. */
export const decided = (part: Partial<Decided> = {}): Decided => ({
  id: "a-1",
  runbook: "degrade",
  title: "chat is slow",
  root: "service/chat",
  began: "2026-03-04T03:00:00.000Z",
  decision: "act",
  why: "no gate or limit is against it",
  plan: [{ action: "level.set", does: "set chat to limited" }],
  ...part,
});

export const resultOf = (incidents: readonly Decided[]): Result => ({
  events: 1,
  signals: 1,
  unreadable: 0,
  anomalies: [],
  incidents: [...incidents],
});

export const eventAt = (at: number): Item => ({ kind: "event", at, text: JSON.stringify({ at }) });

export const sourceOf = (name: string, items: readonly Item[]): Source => ({
  name,
  async *items() {
    yield* items;
  },
});
