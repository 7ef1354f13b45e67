import { VirtualClock } from "../../sim/clock.ts";
import { createSim } from "../../sim/sim.ts";
import { startMs } from "../support/stack.ts";

/** A queue with so many dead letters that no move of them is over before its rehearsal is. */
export function deadLetterWorld() {
  const clock = new VirtualClock(startMs);
  const sim = createSim({ clock, seed: 1 });
  const messages = Array.from({ length: 5_000 }, (_, index) => `job ${index}`);
  const dead = sim.seed.queue({ name: "jobs-dead", messages });
  sim.seed.queue({ name: "jobs", deadLetter: { queue: "jobs-dead", maxReceives: 3 } });
  const running = () => Object.values(sim.world.moveTasks).find(({ state }) => state === "RUNNING");
  return {
    sim: { ...sim, clock },
    dead,
    running,
    start: async () => {
      const input = { SourceArn: dead.arn, MaxNumberOfMessagesPerSecond: 2 };
      await sim.call("sqs", "StartMessageMoveTask", input);
    },
    cancel: async () => void (await sim.call("sqs", "CancelMessageMoveTask", { TaskHandle: running()?.handle })),
  };
}
