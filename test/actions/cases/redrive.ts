import { redrive } from "../../../src/actions/redrive.ts";
import type { ActionCase } from "../action-case.ts";
import { deadLetterWorld } from "../dead-letter-world.ts";

export const redriveCase: ActionCase = {
  action: redrive,
  rehearse() {
    const { sim, dead, start, running, cancel } = deadLetterWorld();
    return {
      sim,
      params: { deadLetters: dead.arn, url: dead.url, perSecond: 1 },
      change: { service: "sqs", operation: "StartMessageMoveTask" },
      back: { service: "sqs", operation: "CancelMessageMoveTask" },
      isDone: () => running() !== undefined,
      isBack: () => running() === undefined,
      goes: () => void delete sim.world.queues[dead.url],
      already: start,
      half: { cannot: "a move runs or does not; how far it is does not matter" },
      theirs: async () => {
        await cancel();
        sim.clock.advance(2_000);
        await start();
      },
      isTheirs: () => running() !== undefined,
    };
  },
};
