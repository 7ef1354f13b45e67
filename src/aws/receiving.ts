import type { Scoring } from "../engine/world.ts";
import { createDetectors } from "../engine/detectors.ts";
import { readEnvironment, scoringEnvironment } from "./environment.ts";
import { s3Models } from "./models.ts";
import { type Urgent, urgentWorld } from "./urgent.ts";

/**
 * The world of the function that takes events in, samples included: that of the fast lane, and the detectors of series
 * with what `learn` knows of their past.
 */
export function receivingWorld(env: NodeJS.ProcessEnv, parts: Urgent): Scoring {
  const { PARAMEDIC_MODELS } = readEnvironment(env, scoringEnvironment);
  const world = urgentWorld(env, parts);
  return { ...world, detectors: createDetectors(world.table, s3Models(PARAMEDIC_MODELS)) };
}
