import { z } from "zod";
import settings from "../paramedic.config.ts";
import { runbooks } from "../runbooks/index.ts";
import { emitMetrics } from "../src/aws/metrics.ts";
import { ownBus } from "../src/aws/own-bus.ts";
import { awsWorld } from "../src/aws/world.ts";
import { canary } from "../src/engine/canary.ts";
import { tellFacts } from "../src/engine/facts.ts";
import { measureClosed } from "../src/engine/measure.ts";
import { onSchedule } from "../src/engine/schedule.ts";
import { onStatusChange, sweep } from "../src/engine/watch.ts";
import { chatFromEnv } from "../src/slack/chat.ts";

const world = await awsWorld(process.env, { runbooks, settings, chat: chatFromEnv(process.env) });
const bus = ownBus(process.env);

/** The round of every minute, as EventBridge sends it. */
const minute = z.object({ "detail-type": z.literal("Scheduled Event"), account: z.string(), region: z.string() });

/** Executions that ended from outside, and every minute a look for what was lost and for whether the bot itself is well. */
export const handler = async (event: unknown): Promise<void> => {
  await onStatusChange(world, event);
  const from = minute.safeParse(event);
  try {
    await sweep(world);
    if (from.success) await onSchedule(world, from.data);
  } finally {
    const seen = from.success ? [await measureClosed(world), await canary(world, from.data, bus.samples)] : [];
    emitMetrics(process.env, settings.stage, world.clock.now(), seen.flat());
    // Last: a bus that hangs must not keep back what the alarms on the bot itself wait for.
    if (from.success) await tellFacts(world, bus.facts);
  }
};
