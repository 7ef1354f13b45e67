import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { z } from "zod";
import { BotError } from "../bot-error.ts";
import type { Aws } from "../aws/clients.ts";
import { isNamed } from "../aws/failure.ts";
import { defineAction } from "../runbook/action.ts";
import { isBetween } from "../runbook/between.ts";
import { resource } from "../runbook/resource.ts";

const was = z.object({ memory: z.number(), revision: z.string() });

async function read({ lambda }: Aws, FunctionName: string) {
  const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return { memory: found.MemorySize ?? 0, revision: found.RevisionId ?? "", status: found.LastUpdateStatus };
}

async function set({ lambda }: Aws, name: string, memory: number, revision: string): Promise<void> {
  await lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: name, MemorySize: memory, RevisionId: revision }),
  );
}

/**
 * Sets how much memory a Lambda function has, and with it how much CPU. It changes the unpublished version: whoever calls an
 * alias or a version gets it with the next one that is published.
 *
 * Lambda refuses a revision other than the one that was seen, so what somebody has changed meanwhile is left alone; the undo
 * too changes only memory that is still as it was set here. What it costs depends on how long the function then runs, which
 * nobody can say beforehand.
 */
export const setMemory = defineAction({
  id: "lambda.set-memory",
  summary: ({ function: name, memory }) => `give function ${name} ${memory} MiB`,
  params: z.object({ function: z.string(), memory: z.int().min(128).max(10_240) }),
  permissions: ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"],
  touches: ({ function: name }) => [resource.function(name)],
  takes: { seconds: 10 },
  costs: () => undefined,
  narrows: ({ planned, asked, before }) =>
    asked.function === planned.function && isBetween(asked.memory, was.parse(before).memory, planned.memory),
  before: async ({ params, aws }) => {
    const { memory, revision } = await read(aws, params.function);
    return { memory, revision };
  },
  do: async ({ params: { function: name, memory }, aws, before }) => {
    const seen = was.parse(before);
    if (seen.memory !== memory) await set(aws, name, memory, seen.revision);
    return null;
  },
  probe: async ({ params, aws }) =>
    (await read(aws, params.function)).memory === params.memory ? { applied: true, out: null } : { applied: false },
  undo: async ({ params: { function: name, memory }, aws, before }) => {
    const { memory: previous } = was.parse(before);
    const now = await read(aws, name).catch(goneIsNothing);
    if (!now || now.memory !== memory || previous === memory) return;
    if (now.status === "InProgress")
      throw new BotError("store_conflict", `giving ${name} its memory back: it is being changed`, { retryable: true });
    await set(aws, name, previous, now.revision);
  },
  verify: {
    // A change of the configuration takes seconds; with an interface in a VPC up to two minutes.
    within: { minutes: 3 },
    every: { seconds: 5 },
    holds: async ({ params, aws }) => {
      const { memory, status } = await read(aws, params.function);
      return memory === params.memory && status === "Successful";
    },
  },
});

function goneIsNothing(error: unknown): undefined {
  if (!isNamed(error, "ResourceNotFoundException")) throw error;
}
