import { z } from "zod";
import { metric } from "./metric.ts";

/** Both prices of a model, in US dollars for a million tokens, as price lists have them. */
const tokenPrice = z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() });

/** Somebody who spends money for a service: what that costs, what was planned, and by what it can be stopped. */
const spender = z
  .strictObject({
    /** As people call it. */
    name: z.string().min(1),
    /** What is planned for it, in US dollars an hour. */
    usdPerHour: z.number().positive(),
    /** An agent whose tokens are counted by `meter(agent)` of paramedic/client, with the prices of the models it may use. */
    agent: z
      .strictObject({
        name: z.string().min(1),
        provider: z.string().default("aws.bedrock"),
        operation: z.string().default("chat"),
        models: z.record(z.string(), tokenPrice),
      })
      .optional(),
    /** What else is counted: CloudWatch metrics, summed up, with the price of one of them in US dollars. */
    uses: z.array(metric.extend({ stat: z.literal("Sum").default("Sum"), usd: z.number().positive() })).default([]),
    /** The Lambda function that does its work: what holds it back first. */
    function: z.string().optional(),
    /**
     * How many of this function may run at once while it is held back: about as many as the plan pays for. Fed by a queue it
     * is two at least, the least that Lambda takes there.
     */
    heldTo: z.int().positive().default(1),
    /** The event source mapping that feeds this function, by UUID: what stops it. */
    eventSource: z.guid().optional(),
    /** The Athena work group its queries run in. */
    workGroup: z.string().optional(),
    /** The Batch job queue its jobs run from. */
    jobQueue: z.string().optional(),
  })
  .refine(({ agent, uses }) => agent !== undefined || uses.length > 0, {
    error: "nothing says what it spends: name its agent or what it uses",
    path: ["uses"],
  });
export type SpenderSettings = z.infer<typeof spender>;

/** What a service may spend. Without it the bot leaves the service's money alone. */
export const spend = z.strictObject({
  spenders: z.array(spender).min(1),
  /** AWS Budgets that speak for this service, by name. */
  budgets: z.array(z.string()).default([]),
  /** Monitors of Cost Anomaly Detection that speak for it, by ARN. */
  monitors: z.array(z.string()).default([]),
  /** CloudWatch alarms on what it spends, by name. */
  alarms: z.array(z.string()).default([]),
});
export type SpendSettings = z.infer<typeof spend>;
