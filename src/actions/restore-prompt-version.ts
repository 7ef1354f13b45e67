import { GetParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { z } from "zod";
import type { Aws } from "../aws/clients.ts";
import { isNamed } from "../aws/failure.ts";
import { BotError } from "../bot-error.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

const was = z.object({ version: z.number() });
const written = z.object({ version: z.number() });

async function textOf(aws: Aws, Name: string): Promise<{ version: number; text: string }> {
  const { Parameter } = await aws.ssm.send(new GetParameterCommand({ Name }));
  return { version: Parameter?.Version ?? 0, text: Parameter?.Value ?? "" };
}

const put = async (aws: Aws, Name: string, Value: string): Promise<{ version: number }> => {
  const { Version } = await aws.ssm.send(new PutParameterCommand({ Name, Value, Overwrite: true }));
  return { version: Version ?? 0 };
};

/**
 * Makes an earlier version of a prompt parameter the live one, by writing its text again as a new version.
 *
 * Parameter Store keeps a hundred versions and has no conditional write: a parameter that has another version than the plan
 * saw is left alone, and so is one that somebody has written after us. A label on the oldest of a hundred versions makes
 * Parameter Store refuse the write (`ParameterMaxVersionLimitExceeded`): prompts must not be labelled.
 */
export const restorePromptVersion = defineAction({
  id: "ssm.restore-prompt-version",
  summary: ({ parameter, version }) => `make version ${version} of ${parameter} live again`,
  params: z.object({ parameter: z.string(), version: z.int().positive() }),
  permissions: ["ssm:GetParameter", "ssm:PutParameter"],
  touches: ({ parameter }) => [resource.parameter(parameter)],
  before: async ({ params, aws }) => ({ version: (await textOf(aws, params.parameter)).version }),
  do: async ({ params: { parameter, version }, aws, before }) => {
    const [live, wanted] = await Promise.all([textOf(aws, parameter), textOf(aws, `${parameter}:${version}`)]);
    if (live.version !== was.parse(before).version)
      throw new BotError("store_conflict", `restoring ${parameter}: somebody else has just written it`);
    return live.text === wanted.text ? { version: live.version } : await put(aws, parameter, wanted.text);
  },
  // Nothing marks a version as ours: the next one with the text we wanted is, or says the same.
  probe: async ({ params: { parameter, version }, aws, before }) => {
    const [live, wanted] = await Promise.all([textOf(aws, parameter), textOf(aws, `${parameter}:${version}`)]);
    return live.text === wanted.text && live.version === was.parse(before).version + 1
      ? { applied: true, out: { version: live.version } }
      : { applied: false };
  },
  undo: async ({ params: { parameter }, aws, before, out }) => {
    const ours = written.safeParse(out);
    const { version } = was.parse(before);
    if (!ours.success || ours.data.version === version) return;
    try {
      if ((await textOf(aws, parameter)).version !== ours.data.version) return;
      await put(aws, parameter, (await textOf(aws, `${parameter}:${version}`)).text);
    } catch (error) {
      // A parameter that is gone has no text to be put back.
      if (!isNamed(error, "ParameterNotFound")) throw error;
    }
  },
});
