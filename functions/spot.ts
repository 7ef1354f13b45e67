import settings from "../paramedic.config.ts";
import { runbooks } from "../runbooks/index.ts";
import { urgentWorld } from "../src/aws/urgent.ts";
import { takeUrgent } from "../src/engine/take-urgent.ts";

const world = urgentWorld(process.env, { runbooks, settings });

/**
 * Spot notices in, remediations started: the fast lane, straight from EventBridge, no queue in between.
 *
 * A failure is thrown, so that EventBridge tries again for as long as the rule's maximum event age (120 s) allows; what is
 * older is in the dead-letter queue, where it is counted.
 */
export const handler = async (event: unknown): Promise<void> => {
  await takeUrgent(world, event);
};
