import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { limitConcurrency } from "../../../src/actions/limit-concurrency.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const limitConcurrencyCase: ActionCase = {
  action: limitConcurrency,
  rehearse() {
    const sim = createSim({ clock: new VirtualClock(startMs), seed: 1 });
    sim.seed.lambdaFunction({ name: "researcher" });
    const set = (concurrency: number) => async () => {
      const input = { FunctionName: "researcher", ReservedConcurrentExecutions: concurrency };
      await sim.call("lambda", "PutFunctionConcurrency", input);
    };
    const reserved = () => sim.world.functions["researcher"]?.reserved;
    return {
      sim,
      params: { function: "researcher", concurrency: 2 },
      lease: { hours: 1 },
      change: { service: "lambda", operation: "PutFunctionConcurrency" },
      back: { service: "lambda", operation: "DeleteFunctionConcurrency" },
      isDone: () => (reserved() ?? Infinity) <= 2,
      isBack: () => reserved() === undefined,
      goes: () => void delete sim.world.functions["researcher"],
      already: set(1),
      half: { cannot: "one function has one bound" },
      theirs: set(5),
      isTheirs: () => reserved() === 5,
    };
  },
};
