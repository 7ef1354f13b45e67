import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { BotError } from "../../src/bot-error.ts";
import { mishaps } from "./state.ts";

/** The longest body: a click is some hundred bytes, and Slack's longest button value has 2,000 characters. */
const bytesMax = 16_384;

export const click = z.strictObject({
  user: z.string().min(1).max(255),
  ts: z.string().min(1).max(64),
  actionId: z.string().min(1).max(255),
  value: z.string().max(2_000),
});

export const cause = z.strictObject({ mishap: z.enum(mishaps) });

/** Reads a JSON body of this shape. @throws BotError `bad_input`, naming everything that is wrong with it. */
export async function readBody<Shape extends z.ZodType>(
  request: IncomingMessage,
  shape: Shape,
): Promise<z.output<Shape>> {
  const reading = `reading the body of ${request.url}`;
  const body = await readText(request, reading);
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch (error) {
    throw new BotError("bad_input", `${reading}: it is not JSON`, { cause: error });
  }
  const read = shape.safeParse(given);
  if (read.success) return read.data;
  throw new BotError("bad_input", `${reading}: ${z.prettifyError(read.error)}`, { cause: read.error });
}

async function readText(request: IncomingMessage, reading: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    // What is too long is read to its end all the same, so that the one who sends it hears why, but not kept.
    if (bytes <= bytesMax) chunks.push(part);
  }
  if (bytes > bytesMax) throw new BotError("bad_input", `${reading}: ${bytes} bytes, at most ${bytesMax}`);
  return Buffer.concat(chunks).toString();
}
