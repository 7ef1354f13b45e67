import { runbooks } from "../runbooks/index.ts";
import settings from "../paramedic.config.ts";
import { BotError } from "../src/bot-error.ts";
import { awsWorld } from "../src/aws/world.ts";
import { slackApp } from "../src/slack/app.ts";
import { clientFromEnv, slackChat } from "../src/slack/chat.ts";

// Settings are read once, on cold start: a missing one fails the deployment, not an incident.
const { SLACK_SIGNING_SECRET: signingSecret } = process.env;
if (!signingSecret) throw new BotError("bad_setting", "starting the Slack function: SLACK_SIGNING_SECRET is not set");

const client = clientFromEnv(process.env);
const world = await awsWorld(process.env, { runbooks, settings, chat: (parts) => slackChat({ ...parts, client }) });

/** Buttons in, decisions out. Needs 1,024 MB or more: with less, loading bolt alone takes a good part of Slack's 3 s. */
export const { handler } = slackApp({ world, client, signingSecret });
