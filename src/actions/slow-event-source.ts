import { UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { z } from "zod";
import type { Aws } from "../aws/clients.ts";
import { readEventSource } from "../aws/event-source.ts";
import { BotError } from "../bot-error.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

/** The bound as it was; `null`: there was none. */
const was = z.object({ maximum: z.number().nullable() });

const isWithin = (maximum: number | null, concurrency: number): boolean => maximum !== null && maximum <= concurrency;

/** An empty `ScalingConfig` takes the bound away (Lambda user guide, "Maximum concurrency for SQS event sources"). */
async function bound(aws: Aws, UUID: string, maximum: number | null): Promise<void> {
  const ScalingConfig = maximum === null ? {} : { MaximumConcurrency: maximum };
  await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID, ScalingConfig }));
}

/**
 * Bounds how many copies of a function a queue keeps busy at once. What is beyond stays in the queue and is not counted as
 * received, unlike with a function's own limit: so nothing ends among the dead letters for having waited.
 *
 * For queues of SQS only, and two at least: that is Lambda's. It only ever lowers the bound, and leaves one alone that
 * somebody else has set since the plan or after the action. A mapping that is just changing takes no other change.
 */
export const slowEventSource = defineAction({
  id: "lambda.slow-event-source",
  summary: ({ function: name, concurrency }) => `let its queue keep at most ${concurrency} of ${name} busy`,
  params: z.object({ mapping: z.string(), function: z.string(), concurrency: z.int().min(2).max(1_000) }),
  permissions: ["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"],
  touches: ({ mapping, function: name }) => [resource.eventSource(mapping), resource.function(name)],
  takes: { seconds: 30 },
  before: async ({ params, aws }) => ({ maximum: (await readEventSource(aws, params.mapping))?.maximum ?? null }),
  narrows: ({ planned, asked }) =>
    asked.mapping === planned.mapping &&
    asked.function === planned.function &&
    asked.concurrency >= planned.concurrency,
  do: async ({ params: { mapping, function: name, concurrency }, aws, before }) => {
    const found = await readEventSource(aws, mapping);
    if (found && found.maximum !== was.parse(before).maximum)
      throw new BotError("store_conflict", `slowing the queue of ${name}: somebody else has just set its concurrency`);
    if (found && isWithin(found.maximum, concurrency)) return null;
    await bound(aws, mapping, concurrency);
    return null;
  },
  probe: async ({ params, aws }) =>
    isWithin((await readEventSource(aws, params.mapping))?.maximum ?? null, params.concurrency)
      ? { applied: true, out: null }
      : { applied: false },
  undo: async ({ params: { mapping, concurrency }, aws, before }) => {
    const { maximum } = was.parse(before);
    if (isWithin(maximum, concurrency)) return;
    if ((await readEventSource(aws, mapping))?.maximum === concurrency) await bound(aws, mapping, maximum);
  },
  verify: {
    within: { minutes: 2 },
    every: { seconds: 10 },
    holds: async ({ params, aws }) => (await readEventSource(aws, params.mapping))?.state !== "Updating",
  },
});
