import { z } from "zod";
import { defineCondition } from "../runbook/condition.ts";

const about = z.object({
  service: z.string(),
  spender: z.string(),
  /** Where the tokens of agents are counted. */
  account: z.string(),
  usdPerHour: z.number().positive(),
});

/** A spender is back at its plan. One of which nothing is counted is not "within": that is no evidence. */
export const spendWithin = defineCondition({
  id: "spend.within",
  params: about,
  permissions: ["cloudwatch:GetMetricData"],
  summary: ({ spender, usdPerHour }) => `${spender} spends at most $${usdPerHour.toFixed(2)} an hour`,
  holds: async ({ params: { service, spender, account, usdPerHour }, look }) => {
    const now = (await look.spending(service, account)).find((one) => one.spender === spender);
    if (now?.kind !== "measured") return { holds: false, saw: `no evidence: nothing was counted of ${spender}` };
    return { holds: now.usdPerHour <= usdPerHour, saw: `${spender} spends $${now.usdPerHour.toFixed(2)} an hour` };
  },
});

/** A spender is held by what was done: so little, by its last reports. One of which nothing is counted is not. */
export const spendIsHeld = defineCondition({
  id: "spend.is-held",
  params: about,
  permissions: ["cloudwatch:GetMetricData"],
  summary: ({ spender, usdPerHour }) => `${spender} lately spends at most $${usdPerHour.toFixed(2)} an hour`,
  holds: async ({ params: { service, spender, account, usdPerHour }, look }) => {
    const now = (await look.spending(service, account)).find((one) => one.spender === spender);
    if (now?.kind !== "measured") return { holds: false, saw: `no evidence: nothing was counted of ${spender}` };
    const { latelyUsdPerHour: rate } = now;
    return { holds: rate <= usdPerHour, saw: `${spender} spends $${rate.toFixed(2)} an hour` };
  },
});
