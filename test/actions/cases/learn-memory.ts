import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { learnMemory } from "../../../src/actions/learn-memory.ts";
import { learnedValue, memoryParameter } from "../../../src/aws/learned-memory.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

const name = memoryParameter("embed");

export const learnMemoryCase: ActionCase = {
  action: learnMemory,
  rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    const learned = (memoryMiB: number, key: string) => () => {
      const value = { memoryMiB, job: "embed-1", key, learnedAt: startMs, expiresAt: startMs + 86_400_000 };
      sim.seed.parameter({ name, value: JSON.stringify(value) });
    };
    const now = () => {
      const { success, data } = learnedValue.safeParse(
        JSON.parse(sim.world.parameters[name]?.versions.at(-1)?.value ?? "{}"),
      );
      return success && data.expiresAt > clock.now() ? data.memoryMiB : 0;
    };
    return {
      sim,
      params: { family: "embed", memoryMiB: 3_000, job: "embed-7-r1", days: 30 },
      change: { service: "ssm", operation: "PutParameter" },
      back: { service: "ssm", operation: "PutParameter" },
      isDone: () => now() === 3_000,
      isBack: () => now() === 0,
      goes: { cannot: "it makes what it needs" },
      already: learned(3_000, "another's"),
      half: { cannot: "one parameter is written whole or not" },
      theirs: learned(8_000, "a person's"),
      isTheirs: () => now() === 8_000,
    };
  },
};
