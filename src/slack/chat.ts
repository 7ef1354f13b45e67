import { setTimeout as sleep } from "node:timers/promises";
import type { WebClient } from "@slack/web-api";
import { BotError } from "../bot-error.ts";
import type { Clock } from "../clock.ts";
import type { Chat, World } from "../engine/world.ts";
import type { Settings } from "../settings.ts";
import type { Incident } from "../incidents/incident.ts";
import { type Card, card, pictureAlt } from "./card.ts";
import { chartOf, drawChart } from "./chart.ts";
import { slackClient } from "./client.ts";
import { isGone, isRefused, slackFailed } from "./failure.ts";
import { checkBlocks } from "./limits.ts";
import { givePicture } from "./picture.ts";
import { foreign, mention } from "./text.ts";

/** What the chat of a world is made of, apart from the connection to Slack. */
export interface ChatParts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: World["log"];
}

interface Place {
  readonly channel: string;
  readonly ts: string;
}

/** In the place of a picture's id: Slack did not take it, and is not asked again. */
const noPicture = "none";

const unfurlNothing = { unfurl_links: false, unfurl_media: false } as const;
const incidentOf = ({ metadata }: Card): string => metadata.event_payload.incident;
const doing = (made: Card): string => `showing the card of ${incidentOf(made)}`;

/** A line of a story is a sentence or two; Slack advises at most 4,000 characters a message. */
const lineMax = 3_000;

/**
 * Incidents in Slack: a card each, and a thread under it.
 *
 * A card that can no longer be changed (deleted, or its channel is) is posted anew in the channel of the settings.
 *
 * @throws BotError `slack_failed`, with Slack's code as `slack` in its facts; `retryable` when it may pass.
 */
export function slackChat({
  client,
  settings,
  clock,
  log,
  lookThroughMs = 1_500,
}: ChatParts & {
  client: WebClient;
  /** How long Slack is given to look through a picture before a card is shown with it again. */
  lookThroughMs?: number;
}): Chat {
  const post = async (made: Card) => {
    const { channel, ts } = await client.chat.postMessage({ channel: settings.channel, ...made, ...unfurlNothing });
    if (channel && ts) return { channel, ts };
    throw new BotError("slack_failed", `${doing(made)}: Slack does not say where it is`, { slack: "no_place" });
  };
  /** Changes a card where it is; posts it anew if it is gone. */
  const put = async (made: Card, at: Place | undefined): Promise<Place> => {
    if (!at) return await post(made);
    try {
      await client.chat.update({ ...at, ...made });
      return at;
    } catch (error) {
      if (!isGone(error)) throw error;
      const { slack } = slackFailed(doing(made), error).facts;
      log("warn", "the card is gone, posting it anew", { incident: incidentOf(made), slack });
      return await post(made);
    }
  };
  /** The picture of a signal, given to Slack once. A card goes without it if Slack does not take it. */
  const pictureOf = async ({ id, signal }: Incident): Promise<string | undefined> => {
    const chart = chartOf(signal);
    if (!chart) return undefined;
    try {
      return await givePicture(client, drawChart(chart), pictureAlt);
    } catch (error) {
      log("warn", "a card goes without its picture", { incident: id, error: String(error) });
      return noPicture;
    }
  };
  /** Slack refuses a card whose picture it still looks through: once more a moment later, and then for now without. */
  const putWhole = async (whole: Card, bare: Card, at: Place | undefined): Promise<Place> => {
    if (whole === bare) return await put(bare, at);
    for (const pauseMs of [0, lookThroughMs]) {
      await sleep(pauseMs);
      try {
        return await put(whole, at);
      } catch (error) {
        if (!isRefused(error)) throw error;
      }
    }
    return await put(bare, at);
  };

  return {
    async show({ incident, approval, story, stands = false }) {
      const at = incident.card && { channel: incident.card.channel, ts: incident.card.ts };
      // People see the card at once, and the picture when it is there.
      const chart = at && (incident.card?.chart ?? (await pictureOf(incident)));
      const view = { incident, story, stands, settings, now: clock.now(), ...(approval && { approval }) };
      const bare = card(view);
      const whole = chart === undefined || chart === noPicture ? bare : card({ ...view, chart });
      const problems = checkBlocks(whole.blocks);
      if (problems.length > 0) log("error", "a card is over Slack's limits", { incident: incident.id, problems });
      try {
        const where = await putWhole(whole, bare, at);
        const isWhole = at !== undefined || !chartOf(incident.signal);
        return { ...where, ...(chart !== undefined && { chart }), isWhole };
      } catch (error) {
        throw error instanceof BotError ? error : slackFailed(doing(bare), error);
      }
    },
    async tell({ channel, ts }, line, calls = []) {
      const text = [...calls.map(mention), foreign(line, lineMax)].join(" ");
      const plain = { text, mrkdwn: false, parse: "none" } as const;
      try {
        await client.chat.postMessage({ channel, thread_ts: ts, ...plain, ...unfurlNothing });
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
