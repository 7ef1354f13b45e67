import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { pauseEventSource } from "../../../src/actions/pause-event-source.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const pauseEventSourceCase: ActionCase = {
  action: pauseEventSource,
  rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    sim.seed.lambdaFunction({ name: "researcher" });
    const source = "arn:aws:sqs:us-east-2:123456789012:questions";
    const { id: mapping } = sim.seed.eventSourceMapping({ function: "researcher", source });
    const set = (Enabled: boolean) => async () => {
      await sim.call("lambda", "UpdateEventSourceMapping", { UUID: mapping, Enabled });
      clock.advance(60_000);
    };
    const update = { service: "lambda", operation: "UpdateEventSourceMapping" } as const;
    const state = () => sim.world.mappings[mapping]?.state;
    return {
      sim,
      params: { mapping, function: "researcher" },
      lease: { hours: 1 },
      change: update,
      back: update,
      settles: { minutes: 1 },
      isDone: () => state() === "Disabled",
      isBack: () => state() === "Enabled",
      goes: () => void delete sim.world.mappings[mapping],
      already: set(false),
      half: { cannot: "a mapping is on or off" },
      theirs: set(true),
      isTheirs: () => state() === "Enabled",
    };
  },
};
