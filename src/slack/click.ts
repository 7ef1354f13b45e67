import { z } from "zod";
import type { Clicker } from "../engine/people.ts";

/** A button that somebody pressed, as far as we need it. Slack has signed it, so who and where are Slack's word. */
export interface Click {
  readonly button: string;
  /** What the button carries: the id of a question, or of an incident. */
  readonly value: string;
  readonly who: Clicker;
  readonly channel?: string;
  /** The message the button is on. */
  readonly ts?: string;
  /** Answers given here are seen by the one who clicked only. Good for 30 minutes and five answers. */
  readonly responseUrl?: string;
  /** Opens one form, within 3 s of the click. */
  readonly trigger?: string;
}

// The team of the person, not of the installation: they differ in a channel that two workspaces share.
export const person = z
  .object({ id: z.string().min(1), team_id: z.string().min(1) })
  .transform(({ id, team_id: team }): Clicker => ({ id, team }));

const payload = z
  .object({
    user: person,
    channel: z.object({ id: z.string() }).nullish(),
    message: z.object({ ts: z.string() }).nullish(),
    response_url: z.url().nullish(),
    trigger_id: z.string().nullish(),
    actions: z.tuple([z.object({ action_id: z.string(), value: z.string().min(1).max(255) })], z.unknown()),
  })
  .transform(
    ({ user: who, channel, message, response_url: responseUrl, trigger_id: trigger, actions: [action] }): Click => ({
      button: action.action_id,
      value: action.value,
      who,
      ...(channel && { channel: channel.id }),
      ...(message && { ts: message.ts }),
      ...(responseUrl && { responseUrl }),
      ...(trigger && { trigger }),
    }),
  );

/** Reads what Slack sends when a button is pressed. `undefined`: it is not that. */
export const readClick = (body: unknown): Click | undefined => payload.safeParse(body).data;
