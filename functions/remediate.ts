import settings from "../paramedic.config.ts";
import { runbooks } from "../runbooks/index.ts";
import { awsWorld } from "../src/aws/world.ts";
import { durableHandler } from "../src/engine/durable.ts";
import { onRequest } from "../src/engine/remediate.ts";
import { chatFromEnv } from "../src/slack/chat.ts";

const world = await awsWorld(process.env, { runbooks, settings, chat: chatFromEnv(process.env) });

/** One durable execution: the remediation of one incident, or the taking back of one that was ended from outside. */
export const handler = durableHandler(onRequest(world));
