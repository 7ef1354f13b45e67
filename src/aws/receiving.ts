import type { Scoring } from "../engine/world.ts";
import { createDetectors } from "../engine/detectors.ts";
import { type Urgent, urgentWorld } from "./urgent.ts";

/**
 * The world of the function that takes events in, samples included: that of the fast lane, and the detectors of series.
 */
export function receivingWorld(env: NodeJS.ProcessEnv, parts: Urgent): Scoring {
  const world = urgentWorld(env, parts);
  return { ...world, detectors: createDetectors(world.table) };
}
