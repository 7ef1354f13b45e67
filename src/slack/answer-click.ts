import type { WebClient } from "@slack/web-api";
import type { World } from "../engine/world.ts";
import type { Click } from "./click.ts";
import { slackFailed } from "./failure.ts";
import { foreign } from "./text.ts";

/** An answer through the click's own URL usually takes 0.2 s; after 2 s there is still time for the other way. */
const ownUrlTimeoutMs = 2_000;

/**
 * Answers the one who clicked, and nobody else: through the click's own URL, which works for people who are not members
 * of the channel; else as the bot, in the channel. Never throws: a decision counts although Slack takes no answer.
 */
export async function answerClick(
  { world, client }: { world: World; client: WebClient },
  { channel, responseUrl, who }: Click,
  words: string,
): Promise<void> {
  const text = foreign(words, 1_000);
  try {
    if (responseUrl !== undefined && (await throughOwnUrl(responseUrl, text))) return;
    if (channel !== undefined) await client.chat.postEphemeral({ channel, user: who.id, text });
  } catch (error) {
    world.log("warn", "a click could not be answered", { by: who.id, error: slackFailed("answering", error).message });
  }
}

/** Whether Slack took it. If not, for whatever reason, there is the other way. */
async function throughOwnUrl(url: string, text: string): Promise<boolean> {
  const sent = fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ response_type: "ephemeral", replace_original: false, text }),
    redirect: "error",
    signal: AbortSignal.timeout(ownUrlTimeoutMs),
  });
  return await sent.then(
    ({ ok }) => ok,
    () => false,
  );
}
