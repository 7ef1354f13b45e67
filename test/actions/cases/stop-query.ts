import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { stopQuery } from "../../../src/actions/stop-query.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const stopQueryCase: ActionCase = {
  action: stopQuery,
  rehearse() {
    const sim = createSim({ clock: new VirtualClock(startMs), seed: 1 });
    const { id: query } = sim.seed.query({ workGroup: "research" });
    const state = () => sim.world.queries[query]?.state;
    return {
      sim,
      params: { query, workGroup: "research" },
      change: { service: "athena", operation: "StopQueryExecution" },
      isDone: () => state() === "CANCELLED",
      isBack: () => state() === "RUNNING",
      goes: () => void delete sim.world.queries[query],
      already: async () => void (await sim.call("athena", "StopQueryExecution", { QueryExecutionId: query })),
      half: { cannot: "a query runs or not" },
      theirs: { cannot: "nobody can change a query that is stopped" },
      isTheirs: () => false,
    };
  },
};
