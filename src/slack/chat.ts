import type { WebClient } from "@slack/web-api";
import { BotError } from "../bot-error.ts";
import type { Clock } from "../clock.ts";
import type { Chat, World } from "../engine/world.ts";
import type { Settings } from "../settings.ts";
import { type Card, card } from "./card.ts";
import { slackClient } from "./client.ts";
import { isGone, slackFailed } from "./failure.ts";
import { checkBlocks } from "./limits.ts";
import { foreign } from "./text.ts";

/** What the chat of a world is made of, apart from the connection to Slack. */
export interface ChatParts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: World["log"];
}

/** A line of a story is a sentence or two; Slack advises at most 4,000 characters a message. */
const lineMax = 3_000;

/**
 * Incidents in Slack: a card each, and a thread under it.
 *
 * A card that can no longer be changed (deleted, or its channel is) is posted anew in the channel of the settings.
 *
 * @throws BotError `slack_failed`, with Slack's code as `slack` in its facts; `retryable` when it may pass.
 */
export function slackChat({ client, settings, clock, log }: ChatParts & { client: WebClient }): Chat {
  const post = async (made: Card) => {
    const doing = `posting the card of ${made.metadata.event_payload.incident}`;
    const { channel, ts } = await client.chat
      .postMessage({ channel: settings.channel, ...made, unfurl_links: false, unfurl_media: false })
      .catch((error: unknown) => {
        throw slackFailed(doing, error);
      });
    if (channel && ts) return { channel, ts };
    throw new BotError("slack_failed", `${doing}: Slack does not say where it is`, { slack: "no_place" });
  };

  return {
    async show({ incident, approval, story }) {
      const made = card({ incident, story, settings, now: clock.now(), ...(approval && { approval }) });
      const problems = checkBlocks(made.blocks);
      if (problems.length > 0) log("error", "a card is over Slack's limits", { incident: incident.id, problems });
      if (!incident.card) return await post(made);

      const { channel, ts } = incident.card;
      try {
        await client.chat.update({ channel, ts, ...made });
        return { channel, ts };
      } catch (error) {
        const failed = slackFailed(`changing the card of ${incident.id}`, error);
        if (!isGone(error)) throw failed;
        log("warn", "the card is gone, posting it anew", { incident: incident.id, slack: failed.facts.slack });
        return await post(made);
      }
    },
    async tell({ channel, ts }, text) {
      const plain = { text: foreign(text, lineMax), mrkdwn: false, parse: "none" } as const;
      try {
        await client.chat.postMessage({ channel, thread_ts: ts, ...plain, unfurl_links: false, unfurl_media: false });
      } catch (error) {
        throw slackFailed("telling the thread", error);
      }
    },
  };
}

/**
 * The chat of a deployed function: `SLACK_BOT_TOKEN`, and `SLACK_API_URL` where Slack is not Slack.
 *
 * Loads no bolt, which would cost a remediation a quarter of a second of cold start.
 *
 * @throws BotError `bad_setting` without a token: the deployment fails, not an incident.
 */
export function chatFromEnv(env: NodeJS.ProcessEnv): (parts: ChatParts) => Chat {
  const client = clientFromEnv(env);
  return (parts) => slackChat({ ...parts, client });
}

/** The connection to Slack of a deployed function. @throws BotError `bad_setting` without a token. */
export function clientFromEnv({ SLACK_BOT_TOKEN: token, SLACK_API_URL: apiUrl }: NodeJS.ProcessEnv): WebClient {
  if (!token) throw new BotError("bad_setting", "connecting to Slack: SLACK_BOT_TOKEN is not set");
  return slackClient({ token, ...(apiUrl && { apiUrl }) });
}
