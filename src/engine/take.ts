import { startCanary } from "./start-canary.ts";
import { readSignal } from "../signals/read-signal.ts";
import type { Anomaly, Signal } from "../signals/signal.ts";
import { receive, type Received } from "./receive.ts";
import { findRunaways } from "./runaway.ts";
import { type Scored, scoreSamples } from "./score.ts";
import { keepUnread } from "./unread.ts";
import type { Scoring } from "./world.ts";

/** What became of an event: the signal it was read as, and what was done with it. */
export interface Taken {
  readonly signal: Signal;
  readonly received: readonly Received[];
  readonly scored: readonly Scored[];
}

/**
 * Takes in one event, whatever it is: reads it, scores samples, reports trouble. Bears repeating. Never throws because of
 * what the event says; only when the table or the start of an execution fails, and then the event must come again.
 */
export const take = (world: Scoring, event: unknown): Promise<Taken> => takeSignal(world, readSignal(event));

/** The same for what was read already. */
export async function takeSignal(world: Scoring, signal: Signal): Promise<Taken> {
  switch (signal.kind) {
    case "unknown":
    case "unreadable":
      await keepUnread(world, signal);
      return { signal, received: [], scored: [] };
    case "samples": {
      for (const { index, why } of signal.rejected) {
        await keepUnread(world, {
          kind: "unreadable",
          why: `metric sample: ${why}`,
          excerpt: `point ${index} of ${signal.eventId}`,
        });
      }
      const received: Received[] = [];
      const found = async (anomaly: Anomaly): Promise<void> => {
        received.push(await receive(world, anomaly));
      };
      const scored = await scoreSamples(world, signal, found);
      await findRunaways(world, signal, found);
      await startCanary(world, signal.points);
      return { signal, received, scored };
    }
    case "spot-interruption":
    case "rebalance":
    case "capacity-interruption":
    case "capacity-block":
    case "capacity-reclaimed":
    case "asg-instance":
    case "lifecycle-action":
    case "ecs-task":
    case "ecs-container-instance":
    case "ecs-service-action":
    case "batch-job":
    case "batch-queue-blocked":
    case "batch-preemption":
    case "sagemaker-training":
    case "sagemaker-endpoint":
    case "hyperpod-node-health":
    case "alarm":
    case "alarm-contributor":
    case "health":
    case "budget":
    case "cost-anomaly":
    case "parameter-change":
    case "change-calendar":
    case "due":
    case "anomaly": {
      const received = await receive(world, signal);
      if (received.kind !== "incident") world.log("info", received.why, { signal: signal.kind });
      return { signal, received: [received], scored: [] };
    }
  }
}
