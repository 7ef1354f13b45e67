import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { z } from "zod";
import { type LearnedValue, memoryParameter, readLearned } from "../aws/learned-memory.ts";
import { BotError } from "../bot-error.ts";
import { canonicalJson } from "../json.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

const dayMs = 86_400_000;

const was = z.object({ version: z.number(), text: z.string().nullable() });

/**
 * Writes down with how much memory a job of a family got by, or is being tried, for whoever submits the next one. It
 * expires by itself.
 *
 * SSM has no conditional write: a parameter that has another version than the plan saw is left alone.
 */
export const learnMemory = defineAction({
  id: "batch.learn-memory",
  summary: ({ family, memoryMiB, isProven }) =>
    `remember that ${family} ${isProven ? "gets by with" : "is tried with"} ${memoryMiB} MiB`,
  params: z.object({
    /** The name of the job definition, without its revision. */
    family: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/),
    memoryMiB: z.int().positive(),
    /** The name of the job that got by with it, or is tried with it. */
    job: z.string(),
    isProven: z.boolean().default(true),
    days: z.number().positive(),
  }),
  permissions: ["ssm:GetParameter", "ssm:PutParameter"],
  touches: ({ family }) => [resource.parameter(memoryParameter(family))],
  takes: { seconds: 1 },
  narrows: ({ planned, asked }) =>
    asked.days <= planned.days && canonicalJson({ ...asked, days: 0 }) === canonicalJson({ ...planned, days: 0 }),
  before: async ({ params, aws }) => {
    const found = await readLearned(aws.ssm, params.family);
    return { version: found?.version ?? 0, text: found?.text ?? null };
  },
  do: async ({ params: { family, memoryMiB, job, isProven, days }, aws, key, before, now }) => {
    const { version } = was.parse(before);
    const found = await readLearned(aws.ssm, family);
    if ((found?.version ?? 0) !== version) {
      throw new BotError("store_conflict", `learning the memory of ${family}: somebody else has just set it`);
    }
    const value: LearnedValue = { memoryMiB, job, isProven, key, learnedAt: now, expiresAt: now + days * dayMs };
    const { Version = 0 } = await aws.ssm.send(
      new PutParameterCommand({
        Name: memoryParameter(family),
        Value: JSON.stringify(value),
        Type: "String",
        Overwrite: version > 0,
      }),
    );
    return { version: Version };
  },
  probe: async ({ params, aws, key }) => {
    const found = await readLearned(aws.ssm, params.family);
    return found?.value?.key === key ? { applied: true, out: { version: found.version } } : { applied: false };
  },
  undo: async ({ params: { family }, aws, key, before, now }) => {
    const found = await readLearned(aws.ssm, family);
    if (found?.value?.key !== key) return;
    // There is no deleting: what was not there before has expired.
    const forgotten: LearnedValue = { ...found.value, key: `${key}-undo`, expiresAt: now };
    await aws.ssm.send(
      new PutParameterCommand({
        Name: memoryParameter(family),
        Value: was.parse(before).text ?? JSON.stringify(forgotten),
        Type: "String",
        Overwrite: true,
      }),
    );
  },
});
