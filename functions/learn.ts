import { z } from "zod";
import settings from "../paramedic.config.ts";
import { learningWorld } from "../src/aws/learning.ts";
import { refit, type Refitted } from "../src/engine/refit.ts";

const world = learningWorld(process.env, settings);

/** The schedule, as EventBridge sends it. */
const hour = z.object({ account: z.string(), region: z.string() });

/** Of the fifteen minutes that the function has: a series takes a second, and the rest is for a slow one. */
const workMs = 13 * 60_000;

/** Every hour: makes models of the past of those series whose turn it is. */
export const handler = async (event: unknown): Promise<Refitted> =>
  await refit(world, hour.parse(event), world.clock.now() + workMs);
