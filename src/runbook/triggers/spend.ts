import { heldFrom } from "../../policies/spend-rate.ts";
import type { Budget } from "../../signals/budget.ts";
import type { Anomaly, Series, Signal } from "../../signals/signal.ts";
import { tokenMetric } from "../../signals/token-series.ts";
import type { SpendSettings } from "../../settings/spend.ts";
import { resource } from "../resource.ts";
import { defineTrigger } from "../trigger.ts";
import { isAlarmOn, isSameMetric } from "./same-metric.ts";

/** A service may be spending more than was planned, and who says so. */
export interface SpendHigh {
  readonly service: string;
  /** The account that it was said for. */
  readonly account: string;
  readonly at: number;
  readonly why: string;
}

/**
 * Somebody may be spending too much: a budget passed 120 % of its amount, Cost Anomaly Detection told of one of the service's
 * monitors, an alarm on its spend went off, or the detector found tokens or another use of a spender above what it expects.
 *
 * None of them is a reason to stop anybody: budgets are hours late, and an anomaly may cost cents. They are reasons to look.
 */
export const spendHigh = defineTrigger<SpendHigh>({
  id: "spend-high",
  title: ({ service, why }) => `${service} may be spending too much: ${why}`,
  match: (signal, services) => {
    for (const { name: service, spend } of services) {
      if (!spend) continue;
      const why = whyOf(signal, spend);
      if (why === undefined || !("account" in signal)) continue;
      const { account, at } = signal;
      return { root: resource.budget(service), service, signal: { service, account, at, why: why.slice(0, 300) } };
    }
    return undefined;
  },
});

function whyOf(signal: Signal, spend: SpendSettings): string | undefined {
  if (signal.kind === "budget") return overBudget(signal, spend);
  if (signal.kind === "anomaly") return unexpected(signal, spend);
  if (signal.kind === "alarm") {
    const watched = spend.spenders.flatMap(({ uses }) => uses);
    return isAlarmOn(signal, { alarms: spend.alarms, watched }) ? `alarm ${signal.name}: ${signal.reason}` : undefined;
  }
  if (signal.kind === "cost-anomaly" && signal.monitor !== undefined && spend.monitors.includes(signal.monitor)) {
    return `$${Math.round(signal.spend.impact)} more than expected${signal.dimension ? ` for ${signal.dimension}` : ""}`;
  }
  return undefined;
}

function overBudget({ budget, type, alert, comparison, amount, budgeted }: Budget, spend: SpendSettings) {
  // A budget of hours or of savings, or one that falls short, says nothing about money that is spent.
  if (!spend.budgets.includes(budget) || type !== "Cost" || !comparison.startsWith(">")) return undefined;
  if (budgeted <= 0 || amount < heldFrom * budgeted) return undefined;
  const percent = Math.round((amount / budgeted) * 100);
  return `budget ${budget} ${alert === "forecasted" ? "will be" : "is"} at ${percent} %`;
}

function unexpected({ series, value, expected }: Anomaly, { spenders }: SpendSettings): string | undefined {
  const spender = spenders.find(
    ({ agent, uses }) =>
      (agent !== undefined && isOfAgent(series, agent.name)) || uses.some((use) => isSameMetric(use, series)),
  );
  if (!spender || value <= expected.high) return undefined;
  return `${spender.name} uses ${Math.round(value)} ${series.name} at a time, at most ${Math.round(expected.high)} are expected`;
}

const isOfAgent = ({ name, dimensions }: Series, agent: string): boolean =>
  name === tokenMetric.name && dimensions["gen_ai.agent.name"] === agent;
