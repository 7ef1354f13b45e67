import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  PutFunctionConcurrencyCommand,
} from "@aws-sdk/client-lambda";
import { z } from "zod";
import type { Aws } from "../aws/clients.ts";
import { isNamed } from "../aws/failure.ts";
import { BotError } from "../bot-error.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

/** Reserved concurrency as it was; `null`: none was reserved, and the function shared what the account has. */
const was = z.object({ reserved: z.number().nullable() });

async function reservedOf(aws: Aws, FunctionName: string): Promise<number | null> {
  const found = await aws.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }));
  return found.ReservedConcurrentExecutions ?? null;
}

async function reserve(aws: Aws, FunctionName: string, ReservedConcurrentExecutions: number): Promise<void> {
  await aws.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));
}

const isWithin = (reserved: number | null, concurrency: number): boolean =>
  reserved !== null && reserved <= concurrency;

/**
 * Bounds how many copies of a Lambda function run at once; 0 stops it. What runs goes on to its end, what is beyond is
 * throttled, and events from queues and streams wait for their turn. A message of a queue
 * that is throttled counts as received, and may so end among the dead letters: there, `slowEventSource` is the better way.
 *
 * It only ever lowers the bound. Lambda has no condition on this call, so between the look and the write somebody else's
 * bound can be overwritten; one that has changed since the plan, or after the action, is left alone.
 */
export const limitConcurrency = defineAction({
  id: "lambda.limit-concurrency",
  summary: ({ function: name, concurrency }) =>
    concurrency === 0 ? `let ${name} run no more` : `let at most ${concurrency} of ${name} run at once`,
  params: z.object({ function: z.string(), concurrency: z.int().nonnegative() }),
  permissions: ["lambda:GetFunctionConcurrency", "lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency"],
  touches: ({ function: name }) => [resource.function(name)],
  before: async ({ params, aws }) => ({ reserved: await reservedOf(aws, params.function) }),
  narrows: ({ planned, asked }) => asked.function === planned.function && asked.concurrency >= planned.concurrency,
  do: async ({ params: { function: name, concurrency }, aws, before }) => {
    const reserved = await reservedOf(aws, name);
    if (reserved !== was.parse(before).reserved) {
      throw new BotError("store_conflict", `limiting ${name}: somebody else has just set its concurrency`);
    }
    if (isWithin(reserved, concurrency)) return null;
    await reserve(aws, name, concurrency);
    return null;
  },
  probe: async ({ params, aws }) =>
    isWithin(await reservedOf(aws, params.function), params.concurrency)
      ? { applied: true, out: null }
      : { applied: false },
  undo: async ({ params: { function: name, concurrency }, aws, before }) => {
    const { reserved } = was.parse(before);
    if (isWithin(reserved, concurrency)) return;
    try {
      if ((await reservedOf(aws, name)) !== concurrency) return;
      if (reserved === null) await aws.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: name }));
      else await reserve(aws, name, reserved);
    } catch (error) {
      // A function that is gone has no bound to give back.
      if (!isNamed(error, "ResourceNotFoundException")) throw error;
    }
  },
});
