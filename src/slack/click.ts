import { z } from "zod";

/** A button that somebody pressed, as far as we need it. Slack has signed it, so who and where are Slack's word. */
export interface Click {
  readonly button: string;
  /** What the button carries: the id of a question. */
  readonly value: string;
  readonly who: { readonly id: string; readonly team: string };
  readonly channel?: string;
  /** Answers given here are seen by the one who clicked only. Good for 30 minutes and five answers. */
  readonly responseUrl?: string;
}

const payload = z
  .object({
    // The team of the person, not of the installation: they differ in a channel that two workspaces share.
    user: z.object({ id: z.string().min(1), team_id: z.string().min(1) }),
    channel: z.object({ id: z.string() }).nullish(),
    response_url: z.url().nullish(),
    actions: z.tuple([z.object({ action_id: z.string(), value: z.string().min(1).max(255) })], z.unknown()),
  })
  .transform(({ user, channel, response_url: responseUrl, actions: [action] }): Click => ({
    button: action.action_id,
    value: action.value,
    who: { id: user.id, team: user.team_id },
    ...(channel && { channel: channel.id }),
    ...(responseUrl && { responseUrl }),
  }));

/** Reads what Slack sends when a button is pressed. `undefined`: it is not that. */
export const readClick = (body: unknown): Click | undefined => payload.safeParse(body).data;
