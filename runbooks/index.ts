import type { Runbook } from "../src/runbook/runbook.ts";
import { degrade } from "./degrade.ts";
import { growMemory } from "./grow-memory.ts";
import { growTasks } from "./grow-tasks.ts";
import { keepDeadline } from "./keep-deadline.ts";
import { openCircuit } from "./open-circuit.ts";
import { restartLeaky } from "./restart-leaky.ts";
import { rollbackModel } from "./rollback-model.ts";
import { redrive } from "./redrive.ts";
import { retryTraining } from "./retry-training.ts";
import { retryJob } from "./retry-job.ts";
import { rightsize } from "./rightsize.ts";
import { scaleAhead } from "./scale-ahead.ts";
import { scaleQueue } from "./scale-queue.ts";
import { spotInterruption } from "./spot-interruption.ts";
import { stopSpend } from "./stop-spend.ts";

/** Every runbook of this deployment. The first whose trigger matches a signal answers it. */
export const runbooks: readonly Runbook[] = [
  spotInterruption,
  scaleQueue,
  openCircuit,
  degrade,
  stopSpend,
  rollbackModel,
  restartLeaky,
  redrive,
  scaleAhead,
  rightsize,
  // A job with a deadline is its, before anybody else starts it again.
  keepDeadline,
  growMemory,
  growTasks,
  retryJob,
  retryTraining,
];
