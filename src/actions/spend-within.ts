import { z } from "zod";
import { defineCondition } from "../runbook/condition.ts";

/** A spender is back at its plan. One of which nothing is counted is not "within": that is no evidence. */
export const spendWithin = defineCondition({
  id: "spend.within",
  params: z.object({
    service: z.string(),
    spender: z.string(),
    /** Where the tokens of agents are counted. */
    account: z.string(),
    usdPerHour: z.number().positive(),
  }),
  permissions: ["cloudwatch:GetMetricData"],
  summary: ({ spender, usdPerHour }) => `${spender} spends at most $${usdPerHour.toFixed(2)} an hour`,
  holds: async ({ params: { service, spender, account, usdPerHour }, look }) => {
    const now = (await look.spending(service, account)).find((one) => one.spender === spender);
    if (now?.kind !== "measured") return { holds: false, saw: `no evidence: nothing was counted of ${spender}` };
    return { holds: now.usdPerHour <= usdPerHour, saw: `${spender} spends $${now.usdPerHour.toFixed(2)} an hour` };
  },
});
