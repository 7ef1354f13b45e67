import { z } from "zod";
import { cut } from "./cut.ts";
import { moment } from "./moment.ts";

/** What every signal knows about its event. */
export interface FromEvent {
  /** The same for every delivery of one event, so that a repeated delivery can be told. */
  readonly eventId: string;
  /** When it happened, by the event's own words: milliseconds since the epoch, from 2000 to 2100. It may lie in the future. */
  readonly at: number;
  readonly account: string;
  /** `aws-global` for what belongs to no region, as spend does. */
  readonly region: string;
}

/** A short text that must be there: an id, a name. EventBridge's longest, `source`, has 256 characters. */
export const word = z.string().min(1).max(256);

/** Three screens of a chat. A signal is stored with its incident, and what people wrote must not fill the item. */
const sentenceCharsMax = 2000;

/** A text written for people: a reason, a description. It may be empty, and what is too long is cut. */
export const sentence = z.string().transform((text) => cut(text, sentenceCharsMax));

/** What every EventBridge event must say of itself before we act on it. Readers add their `detail`. */
export const event = z.object({ id: word, account: word, region: word, time: moment });

export function toFromEvent({ id, time, account, region }: z.infer<typeof event>): FromEvent {
  return { eventId: id, at: time, account, region };
}
