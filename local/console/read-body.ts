import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { BotError } from "../../src/bot-error.ts";
import { mishaps } from "./state.ts";

/** The longest body: a click is some hundred bytes; a form has a reason of 500 characters and carries 3,000 of its own. */
const bytesMax = 16_384;

const user = z.string().min(1).max(255);

export const click = z.strictObject({
  user,
  ts: z.string().min(1).max(64),
  actionId: z.string().min(1).max(255),
  value: z.string().max(2_000),
});

export const filled = z.strictObject({
  user,
  view: z.strictObject({
    callback_id: z.string().max(255).optional(),
    private_metadata: z.string().max(3_000).optional(),
  }),
  values: z.record(z.string().max(255), z.union([z.string(), z.array(z.string()).max(100)])),
});

export const command = z.strictObject({ user, text: z.string().max(2_000) });

export const who = z.strictObject({ user });

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
