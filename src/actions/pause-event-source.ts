import { UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { z } from "zod";
import type { Aws } from "../aws/clients.ts";
import { readEventSource } from "../aws/event-source.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

async function stateOf(aws: Aws, mapping: string): Promise<string> {
  return (await readEventSource(aws, mapping))?.state ?? "GONE";
}

/** Whether it hands out events, or is about to. `Creating` and `Updating` end in the state from before. */
const isOn = (state: string): boolean => !["Disabled", "Disabling", "GONE"].includes(state);

/**
 * Stops handing a function events from a queue or a stream; they wait where they are. What the function has in hand goes on
 * to its end. Messages older than the retention of their queue are lost to nobody's notice, so the pause is leased.
 *
 * A mapping that is just changing takes no other change (`ResourceInUseException`); that passes within a minute.
 */
export const pauseEventSource = defineAction({
  id: "lambda.pause-event-source",
  summary: ({ function: name }) => `hand ${name} no more events`,
  params: z.object({ mapping: z.string(), function: z.string() }),
  permissions: ["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"],
  touches: ({ mapping, function: name }) => [resource.eventSource(mapping), resource.function(name)],
  takes: { seconds: 30 },
  before: async ({ params, aws }) => ({ on: isOn(await stateOf(aws, params.mapping)) }),
  do: async ({ params: { mapping }, aws, before }) => {
    if (z.object({ on: z.boolean() }).parse(before).on)
      await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping, Enabled: false }));
    return null;
  },
  probe: async ({ params, aws }) =>
    isOn(await stateOf(aws, params.mapping)) ? { applied: false } : { applied: true, out: null },
  undo: async ({ params: { mapping }, aws, before }) => {
    // Only what was on is turned on, and only while it exists.
    if (!z.object({ on: z.boolean() }).parse(before).on) return;
    const state = await stateOf(aws, mapping);
    if (state === "Disabled" || state === "Disabling")
      await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping, Enabled: true }));
  },
  verify: {
    within: { minutes: 2 },
    every: { seconds: 10 },
    holds: async ({ params, aws }) => ["Disabled", "GONE"].includes(await stateOf(aws, params.mapping)),
  },
});
