import type { WebClient } from "@slack/web-api";
import type { World } from "../engine/world.ts";
import type { Click } from "./click.ts";
import type { Answer } from "./decide.ts";
import { slackFailed } from "./failure.ts";
import { foreign, mention } from "./text.ts";

/**
 * Has Slack remind somebody of a question, in the thread of its card. Slack keeps the appointment by itself, also when the
 * question has been answered by then: the card above says where it stands.
 */
export async function remind(
  { world, client }: { world: World; client: WebClient },
  { channel, ts, who }: Click,
  at: number,
): Promise<Answer> {
  if (channel === undefined || ts === undefined) return { text: "There is no card here to remind you of." };
  const text = `${mention(who.id)} you wanted to be reminded. The card above says where it stands.`;
  try {
    await client.chat.scheduleMessage({ channel, thread_ts: ts, text, post_at: Math.floor(at / 1000) });
    const minutes = Math.round((at - world.clock.now()) / 60_000);
    return { text: `Put off: you are reminded in the thread in ${minutes} min. Others can decide meanwhile.` };
  } catch (error) {
    return { text: `${slackFailed("Putting it off", error).message}. You are not reminded.` };
  }
}

/** What somebody has done to the bot as a whole. */
export interface Announcement {
  /** Slack's id of the person. */
  readonly who: string;
  readonly said: string;
}

/** Tells the whole channel what somebody has done to the bot. Never throws: it is done whatever Slack says. */
export async function announce(
  { world, client }: { world: World; client: WebClient },
  { who, said }: Announcement,
): Promise<void> {
  const text = `${mention(who)}: ${foreign(said, 1_000)}`;
  try {
    await client.chat.postMessage({ channel: world.settings.channel, text, unfurl_links: false, unfurl_media: false });
  } catch (error) {
    world.log("warn", "the channel was not told", { said, error: slackFailed("announcing", error).message });
  }
}
