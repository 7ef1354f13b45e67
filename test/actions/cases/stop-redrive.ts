import { stopRedrive } from "../../../src/actions/stop-redrive.ts";
import type { ActionCase } from "../action-case.ts";
import { deadLetterWorld } from "../dead-letter-world.ts";

export const stopRedriveCase: ActionCase = {
  action: stopRedrive,
  async rehearse() {
    const { sim, dead, start, running, cancel } = deadLetterWorld();
    await start();
    return {
      sim,
      params: { deadLetters: dead.arn, url: dead.url },
      change: { service: "sqs", operation: "CancelMessageMoveTask" },
      isDone: () => running() === undefined,
      isBack: () => running() !== undefined,
      goes: () => void delete sim.world.queues[dead.url],
      already: cancel,
      half: { cannot: "a move runs or does not" },
      theirs: { cannot: "there is no undo that could meet it" },
      isTheirs: () => true,
    };
  },
};
