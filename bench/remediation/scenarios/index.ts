import type { Scenario } from "../scenario.ts";
import { controlPlaneTrouble } from "./control-plane.ts";
import { diurnalLoad } from "./diurnal-load.ts";
import { incidentReplay } from "./incident-replay.ts";
import { memoryLeak } from "./memory-leak.ts";
import { outOfMemory } from "./out-of-memory.ts";
import { oversized } from "./oversized.ts";
import { providerOutage } from "./provider-outage.ts";
import { queueFlood } from "./queue-flood.ts";
import { quietWeek } from "./quiet-week.ts";
import { retryStorm } from "./retry-storm.ts";
import { runawaySpend } from "./runaway-spend.ts";
import { spotDeadlines } from "./spot-deadlines.ts";

/** Every scenario there is, the gate first. */
export const scenarios: readonly Scenario[] = [
  quietWeek,
  spotDeadlines,
  incidentReplay,
  providerOutage,
  diurnalLoad,
  outOfMemory,
  queueFlood,
  runawaySpend,
  retryStorm,
  oversized,
  memoryLeak,
  controlPlaneTrouble,
];
