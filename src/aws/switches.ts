import { GetCalendarStateCommand, GetParameterCommand, ParameterNotFound, type SSMClient } from "@aws-sdk/client-ssm";
import { z } from "zod";

/** The parameter that stops the bot. It is read before every change, never cached, so it survives everything. */
export const haltParameter = "/paramedic/halt";

const haltValue = z.object({ by: z.string(), why: z.string(), until: z.number().optional() });

/**
 * Reads the stop switch. Absent: not halted. Present but not ours, such as a word typed by hand in the console: halted,
 * because whoever wrote it there meant stop.
 *
 * @throws whatever the SDK throws when the parameter cannot be read; the gate counts that as halted.
 */
export async function readHalt(ssm: SSMClient, now: number): Promise<{ by: string; why: string } | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: haltParameter }));
    const text = Parameter?.Value ?? "";
    const read = haltValue.safeParse(toJson(text));
    if (!read.success) return { by: "somebody", why: text.slice(0, 200) };
    return read.data.until !== undefined && read.data.until <= now ? undefined : read.data;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
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
