import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { setMemory } from "../../../src/actions/set-memory.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const setMemoryCase: ActionCase = {
  action: setMemory,
  rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    sim.seed.lambdaFunction({ name: "embed", memoryMb: 1_024 });
    const memory = () => sim.world.functions["embed"]?.memoryMb;
    const set = (MemorySize: number) => async () => {
      await sim.call("lambda", "UpdateFunctionConfiguration", { FunctionName: "embed", MemorySize });
      clock.advance(10_000);
    };
    const update = { service: "lambda", operation: "UpdateFunctionConfiguration" } as const;
    return {
      sim,
      params: { function: "embed", memory: 1_536 },
      change: update,
      back: update,
      settles: { seconds: 10 },
      isDone: () => memory() === 1_536,
      isBack: () => memory() === 1_024,
      goes: () => void delete sim.world.functions["embed"],
      already: set(1_536),
      half: { cannot: "one number is set or not" },
      theirs: set(2_048),
      isTheirs: () => memory() === 2_048,
    };
  },
};
