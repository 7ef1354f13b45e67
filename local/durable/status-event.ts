import { randomUUID } from "node:crypto";
import { z } from "zod";
import { functionArn, type Place, version } from "./names.ts";
import { type Execution, executionStatus } from "./store.ts";

/**
 * What the default event bus gets when an execution starts or ends (Lambda developer guide, durable-monitoring).
 *
 * It carries no result and no error: who wants them asks GetDurableExecution.
 */
export const statusChangeEvent = z.object({
  version: z.literal("0"),
  id: z.string(),
  "detail-type": z.literal("Durable Execution Status Change"),
  source: z.literal("aws.lambda"),
  account: z.string(),
  time: z.string(),
  region: z.string(),
  resources: z.array(z.string()),
  detail: z.object({
    durableExecutionArn: z.string(),
    durableExecutionName: z.string(),
    functionArn: z.string(),
    status: executionStatus,
    startTimestamp: z.string(),
    endTimestamp: z.string().optional(),
  }),
});
export type StatusChangeEvent = z.infer<typeof statusChangeEvent>;

export function toStatusChange(
  place: Place,
  {
    arn,
    fn,
    name,
    status,
    startedAt,
    endedAt,
  }: Pick<Execution, "arn" | "fn" | "name" | "status" | "startedAt" | "endedAt">,
): StatusChangeEvent {
  const iso = (at: number) => new Date(at).toISOString();
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Durable Execution Status Change",
    source: "aws.lambda",
    account: place.account,
    // EventBridge gives whole seconds here; the detail has the milliseconds.
    time: iso(endedAt ?? startedAt).replace(/\.\d+/, ""),
    region: place.region,
    resources: [],
    detail: {
      durableExecutionArn: arn,
      durableExecutionName: name,
      functionArn: functionArn(place, fn, version),
      status,
      startTimestamp: iso(startedAt),
      ...(endedAt !== null && { endTimestamp: iso(endedAt) }),
    },
  };
}
