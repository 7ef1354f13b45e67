import settings from "../paramedic.config.ts";
import { runbooks } from "../runbooks/index.ts";
import { receivingWorld } from "../src/aws/receiving.ts";
import { take } from "../src/engine/take.ts";

const world = receivingWorld(process.env, { runbooks, settings });

/**
 * Spot notices in, remediations started: the fast lane, straight from EventBridge, no queue in between.
 *
 * A failure is thrown, so that EventBridge tries again for as long as the rule's maximum event age (120 s) allows; what is
 * older is in the dead-letter queue, where it is counted.
 */
export const handler = async (event: unknown): Promise<void> => {
  await take(world, event);
};
