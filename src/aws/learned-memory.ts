import { GetParameterCommand, ParameterNotFound, type SSMClient } from "@aws-sdk/client-ssm";
import { z } from "zod";

/**
 * The parameter that holds what was learned about a family of jobs, for whoever submits the next one: people, pipelines and
 * the bot. It is beside the levels in SSM, because those who need it are not the bot and cannot read its table.
 */
export const memoryParameter = (family: string): string => `/paramedic/memory/${family}`;

/** What the parameter holds, as JSON. */
export const learnedValue = z.object({
  /** With which a job of the family got by, or is being tried. */
  memoryMiB: z.int().positive(),
  /** One has got by with it. Otherwise all that is known is that less was too little. */
  isProven: z.boolean().default(true),
  job: z.string(),
  /** The step that wrote it: how a writer recognises its own write. */
  key: z.string(),
  learnedAt: z.number(),
  /** Milliseconds since the epoch; after it nothing is known, whatever is written here. */
  expiresAt: z.number(),
});
export type LearnedValue = z.infer<typeof learnedValue>;

/** Reads what was learned about a family. `undefined`: there is no parameter. Without `value`, it is not one of ours. */
export async function readLearned(
  ssm: SSMClient,
  family: string,
): Promise<{ readonly text: string; readonly version: number; readonly value?: LearnedValue } | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: memoryParameter(family) }));
    const { Value: text = "", Version: version = 0 } = Parameter ?? {};
    return { text, version, ...parse(text) };
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}

function parse(text: string): { value?: LearnedValue } {
  try {
    const read = learnedValue.safeParse(JSON.parse(text));
    return read.success ? { value: read.data } : {};
  } catch {
    // Written by hand and not JSON: the text is kept for the undo, and nothing was learned from it.
    return {};
  }
}
