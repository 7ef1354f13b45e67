import { z } from "zod";
import { GetParameterCommand, ParameterNotFound, PutParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { type Level, levels } from "../runbook/look/service.ts";

/** The parameter a service's level is in. Workloads and people read it. */
export const levelParameter = (service: string): string => `/paramedic/level/${service}`;

/** What the parameter holds, as JSON. A reader takes an expired one for `full`. */
export const levelValue = z.object({
  level: z.enum(levels),
  reason: z.string(),
  incident: z.string(),
  /** The step that wrote it: how a writer recognises its own write. */
  key: z.string(),
  setBy: z.string(),
  since: z.number(),
  /** Milliseconds since the epoch; after it the level counts as `full`, whatever is written here. */
  expiresAt: z.number().optional(),
});
export type LevelValue = z.infer<typeof levelValue>;

/** A level as found: the parameter's version and text, and what it means if it can be read. */
export interface FoundLevel {
  readonly version: number;
  readonly text: string;
  readonly value?: LevelValue;
}

/** Reads the parameter of a service's level. `undefined`: there is none. */
export async function readLevel(ssm: SSMClient, service: string): Promise<FoundLevel | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: levelParameter(service) }));
    const text = Parameter?.Value ?? "";
    return { version: Parameter?.Version ?? 0, text, ...parse(text) };
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}

/** Writes a level over whatever is there. */
export async function writeLevel(ssm: SSMClient, service: string, value: LevelValue): Promise<void> {
  const Value = JSON.stringify(value);
  await ssm.send(new PutParameterCommand({ Name: levelParameter(service), Value, Type: "String", Overwrite: true }));
}

/** The level in force: none, an expired and an unreadable one count as `full`. */
export function levelNow(found: FoundLevel | undefined, now: number): Level {
  const value = found?.value;
  if (!value || (value.expiresAt !== undefined && value.expiresAt <= now)) return "full";
  return value.level;
}

function parse(text: string): { value?: LevelValue } {
  try {
    const read = levelValue.safeParse(JSON.parse(text));
    return read.success ? { value: read.data } : {};
  } catch {
    // Written by hand and not JSON: the text is kept for the undo, the meaning is "nothing we know".
    return {};
  }
}
