import {
  GetCalendarStateCommand,
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { z } from "zod";
import { BotError } from "../bot-error.ts";

/** The parameter that stops the bot. It is read before every change, never cached, so it survives everything. */
export const haltParameter = "/paramedic/halt";

/** One stop that people have set, as it stands in the parameter. */
export const halt = z.object({
  by: z.string(),
  why: z.string(),
  /** What is stopped, such as `service/chat`, `runbook/degrade` or `instance/i-0abc…`. Absent: everything. */
  scope: z.string().optional(),
  /** When it ends by itself, in milliseconds since the epoch. Absent: when somebody resumes. */
  until: z.number().optional(),
});
export type Halt = z.infer<typeof halt>;

const haltValue = z.union([halt.transform((one) => [one]), z.array(halt)]);

/**
 * Reads the stop switch: the halts in force now. Absent: none. Present but not ours, such as a word typed by hand in the
 * console: everything is halted, because whoever wrote it there meant stop.
 *
 * @throws whatever the SDK throws when the parameter cannot be read; the gate counts that as halted.
 */
export async function readHalts(ssm: SSMClient, now: number): Promise<readonly Halt[]> {
  return inForce((await readText(ssm)).text, now);
}

/** A standard parameter holds 4 KiB: some twenty halts with their reasons. */
const haltTextMax = 4_096;

/**
 * Changes the halts that stand in the parameter and answers those in force then. What has ended is left out.
 *
 * SSM has no conditional write: the last writer wins, and only the version says that somebody else was there. So when our
 * version is not the next one after the one that was read, `change` is made once more, on what the other has written. For
 * some tens of milliseconds the other's halt is missing; it is never lost. `change` must bear repeating.
 *
 * @throws BotError `bad_input` when there are more halts than the parameter holds, `store_conflict` (retryable) when
 *   others are faster every time; and whatever the SDK throws.
 */
export async function writeHalts(
  ssm: SSMClient,
  now: number,
  change: (halts: readonly Halt[]) => readonly Halt[],
): Promise<readonly Halt[]> {
  let { text, version } = await readText(ssm);
  for (let i = 0; i < 5; i++) {
    const halts = change(inForce(text, now));
    const Value = JSON.stringify(halts);
    if (Buffer.byteLength(Value) > haltTextMax)
      throw new BotError("bad_input", `halting: ${halts.length} halts are more than ${haltParameter} holds; end some`);
    const { Version = version + 1 } = await ssm.send(
      new PutParameterCommand({ Name: haltParameter, Value, Type: "String", Overwrite: true }),
    );
    if (Version === version + 1) return halts;
    ({ text } = await readText(ssm, `${haltParameter}:${Version - 1}`));
    version = Version;
  }
  throw new BotError("store_conflict", "halting: others were faster every time", { retryable: true });
}

/** What is written; nothing as version 0. */
async function readText(ssm: SSMClient, Name = haltParameter): Promise<{ text: string; version: number }> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    return { text: Parameter?.Value ?? "", version: Parameter?.Version ?? 0 };
  } catch (error) {
    if (error instanceof ParameterNotFound) return { text: "[]", version: 0 };
    throw error;
  }
}

function inForce(text: string, now: number): readonly Halt[] {
  const read = haltValue.safeParse(toJson(text));
  if (!read.success) return [{ by: "somebody", why: text.slice(0, 200) }];
  return read.data.filter(({ until }) => until === undefined || until > now);
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The first of the calendars that is closed now. Asked synchronously: their events may be 15 minutes late. */
export async function closedCalendar(
  ssm: SSMClient,
  calendars: readonly string[],
  at: number,
): Promise<string | undefined> {
  for (const calendar of calendars) {
    const { State } = await ssm.send(
      new GetCalendarStateCommand({ CalendarNames: [calendar], AtTime: new Date(at).toISOString() }),
    );
    if (State === "CLOSED") return calendar;
  }
  return undefined;
}
