import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { slowEventSource } from "../../../src/actions/slow-event-source.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const slowEventSourceCase: ActionCase = {
  action: slowEventSource,
  rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    sim.seed.lambdaFunction({ name: "researcher" });
    const source = "arn:aws:sqs:us-east-2:123456789012:questions";
    const { id: mapping } = sim.seed.eventSourceMapping({ function: "researcher", source });
    const set = (MaximumConcurrency: number) => async () => {
      await sim.call("lambda", "UpdateEventSourceMapping", { UUID: mapping, ScalingConfig: { MaximumConcurrency } });
      clock.advance(60_000);
    };
    const update = { service: "lambda", operation: "UpdateEventSourceMapping" } as const;
    const maximum = () => sim.world.mappings[mapping]?.maximumConcurrency;
    return {
      sim,
      params: { mapping, function: "researcher", concurrency: 5 },
      lease: { hours: 1 },
      change: update,
      back: update,
      settles: { minutes: 1 },
      isDone: () => (maximum() ?? Infinity) <= 5,
      isBack: () => maximum() === undefined,
      goes: () => void delete sim.world.mappings[mapping],
      already: set(3),
      half: { cannot: "a mapping has one bound" },
      theirs: set(9),
      isTheirs: () => maximum() === 9,
    };
  },
};
