import { z } from "zod";
import { moment } from "./moment.ts";
import type { FromEvent } from "./signal.ts";

/** A short text that must be there: an id, a name. EventBridge's longest, `source`, has 256 characters. */
export const word = z.string().min(1).max(256);

/** What every EventBridge event must say of itself before we act on it. Readers add their `detail`. */
export const event = z.object({ id: word, account: word, region: word, time: moment });

export function toFromEvent({ id, time, account, region }: z.infer<typeof event>): FromEvent {
  return { eventId: id, at: time, account, region };
}
