import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import { WebClient } from "@slack/web-api";
import { createEmulator } from "emulate";
import { z } from "zod";
import type { ChannelMessage, ClickAnswer } from "./console/state.ts";
import { serveHttp } from "./servers.ts";
import { pressed, type SlackRequest } from "./slack-request.ts";

/** Slack on this machine: the emulator behind the bot's own client, and somebody at a desk who clicks. */
export interface SlackDesk {
  /** For the bot's environment. */
  readonly env: { SLACK_API_URL: string; SLACK_BOT_TOKEN: string; SLACK_SIGNING_SECRET: string };
  messages(): Promise<ChannelMessage[]>;
  /** Clicks a button the way Slack does: a signed request to the receiver, and a wait for what it answers. */
  click(press: { user: string; ts: string; actionId: string; value: string }): Promise<ClickAnswer>;
  close(): Promise<void>;
}

/** The receiver's side of a click: the bot's Slack function. */
export type Receiver = (request: SlackRequest) => Promise<{ statusCode: number }>;

const token = "xoxb-local-paramedic";
const signingSecret = "local-signing-secret";

const message = z.object({
  ts: z.string(),
  user: z.string().default("paramedic"),
  text: z.string().default(""),
  blocks: z.array(z.unknown()).default([]),
  thread_ts: z.string().optional(),
});

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
  // Answers that only the one who clicked sees come to a URL of Slack's, which the emulator does not have.
  const answers = new Map<string, string>();
  const desk = await serveHttp((request, response) => {
    void (async () => {
      const read = z.object({ text: z.string() }).safeParse(JSON.parse((await text(request)) || "{}"));
      if (read.success) answers.set(request.url ?? "", read.data.text);
      response.end("ok");
    })();
  });

  return {
    env: { SLACK_API_URL: `${emulator.url}/api/`, SLACK_BOT_TOKEN: token, SLACK_SIGNING_SECRET: signingSecret },
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
    async click({ user, ts, actionId, value }) {
      const path = `/response/${randomUUID()}`;
      const request = pressed(
        { button: actionId, value, user, team, channel, ts, responseUrl: `${desk.url}${path}` },
        { secret: signingSecret },
      );
      const { statusCode } = await receiver()(request);
      const answer = answers.get(path);
      answers.delete(path);
      return { status: statusCode, ...(answer !== undefined && { text: answer }) };
    },
    async close() {
      await Promise.all([emulator.close(), desk.close()]);
    },
  };
}
