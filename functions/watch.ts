import settings from "../paramedic.config.ts";
import { runbooks } from "../runbooks/index.ts";
import { awsWorld } from "../src/aws/world.ts";
import { onStatusChange, sweep } from "../src/engine/watch.ts";
import { chatFromEnv } from "../src/slack/chat.ts";

const world = await awsWorld(process.env, { runbooks, settings, chat: chatFromEnv(process.env) });

/** Executions that ended from outside, and every minute a look for what was lost. */
export const handler = async (event: unknown): Promise<void> => {
  await onStatusChange(world, event);
  await sweep(world);
};
