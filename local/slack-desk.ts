import { randomUUID } from "node:crypto";
import { WebClient } from "@slack/web-api";
import { createEmulator } from "emulate";
import { z } from "zod";
import type { ChannelMessage, ConsoleSource, SlackAnswer } from "./console/state.ts";
import { answer, startSlackFront, view } from "./slack-front.ts";
import { commanded, homeOpened, pressed, type SlackRequest, submitted } from "./slack-request.ts";

/** Slack on this machine: the emulator behind the bot's own client, and somebody at a desk who clicks, types and fills in forms. */
export interface SlackDesk extends Pick<ConsoleSource, "click" | "submit" | "command" | "openHome" | "picture"> {
  /** For the bot's environment. */
  readonly env: { SLACK_API_URL: string; SLACK_BOT_TOKEN: string; SLACK_SIGNING_SECRET: string };
  messages(): Promise<ChannelMessage[]>;
  /** What the bot shows as its home, by user. */
  readonly homes: Readonly<Record<string, readonly unknown[]>>;
  close(): Promise<void>;
}

/** The receiver's side of a request: the bot's Slack function. */
export type Receiver = (request: SlackRequest) => Promise<{ statusCode: number; body?: string }>;

const token = "xoxb-local-paramedic";
const signingSecret = "local-signing-secret";
const signing = { secret: signingSecret };

const message = z.object({
  ts: z.string(),
  user: z.string().default("paramedic"),
  text: z.string().default(""),
  blocks: z.array(z.unknown()).default([]),
  thread_ts: z.string().optional(),
});

/** What bolt answers a form or a command with, in the reply itself. */
const replied = z
  .object({
    view: view.exactOptional(),
    errors: z.record(z.string(), z.string()).exactOptional(),
  })
  .extend(answer.shape);

/**
 * Starts Slack. What it holds lives in memory: after a restart the bot's cards are gone, and the bot posts those of open
 * incidents anew, as it does when somebody deletes one.
 */
export async function startSlackDesk(channelName: string, team: string, receiver: () => Receiver): Promise<SlackDesk> {
  const emulator = await createEmulator({
    service: "slack",
    port: 0,
    seed: {
      slack: { channels: [{ name: channelName.replace(/^#/, "") }] },
      tokens: { [token]: { login: "paramedic", scopes: [] } },
    },
  });
  const client = new WebClient(token, { slackApiUrl: `${emulator.url}/api/` });
  const { channels = [] } = await client.conversations.list();
  const channel = channels.find(({ name }) => name === channelName.replace(/^#/, ""))?.id ?? "";
  const front = await startSlackFront(emulator.url);

  /** Sends a request the way Slack does, signed, and gathers all that the person behind it is shown. */
  const send = async (
    requestOf: (about: { responseUrl: string; trigger: string }) => SlackRequest,
  ): Promise<SlackAnswer> => {
    const id = randomUUID();
    const { statusCode, body } = await receiver()(requestOf({ responseUrl: front.responseUrl(id), trigger: id }));
    const opened = front.takeView(id);
    return { status: statusCode, ...readReply(body), ...front.takeAnswer(id), ...(opened && { view: opened }) };
  };

  return {
    env: { SLACK_API_URL: `${front.url}/api/`, SLACK_BOT_TOKEN: token, SLACK_SIGNING_SECRET: signingSecret },
    homes: front.homes,
    picture: (id) => front.picture(id),
    async messages() {
      const { messages = [] } = await client.conversations.history({ channel, limit: 50 });
      const cards = messages
        .map((found) => message.parse(found))
        .filter(({ thread_ts, ts }) => !thread_ts || thread_ts === ts);
      return await Promise.all(
        cards.map(async ({ ts, user, text, blocks }) => {
          const thread = await client.conversations.replies({ channel, ts, limit: 200 });
          const replies = (thread.messages ?? [])
            .map((reply) => message.parse(reply))
            .filter((reply) => reply.ts !== ts);
          return { ts, user, text, blocks, replies };
        }),
      );
    },
    click: ({ user, ts, actionId, value }) =>
      send((about) => pressed({ button: actionId, value, user, team, channel, ts, ...about }, signing)),
    submit: ({ user, view: { callback_id, private_metadata }, values }) => {
      const form = {
        ...(callback_id !== undefined && { callback_id }),
        ...(private_metadata !== undefined && { private_metadata }),
      };
      return send(() => submitted({ user, team, view: form, values }, signing));
    },
    command: ({ user, text }) => send((about) => commanded({ text, user, team, channel, ...about }, signing)),
    openHome: ({ user }) => send(() => homeOpened({ user, team }, signing)),
    async close() {
      await Promise.all([emulator.close(), front.close()]);
    },
  };
}

/** A reply is empty, JSON, or, to a command, also plain text. */
function readReply(body: string | undefined): Omit<SlackAnswer, "status"> {
  if (!body) return {};
  try {
    return replied.safeParse(JSON.parse(body)).data ?? {};
  } catch {
    return { text: body };
  }
}
