import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { restorePromptVersion } from "../../../src/actions/restore-prompt-version.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

const name = "/chat/prompt";

export const restorePromptVersionCase: ActionCase = {
  action: restorePromptVersion,
  rehearse() {
    const sim = createSim({ clock: new VirtualClock(startMs), seed: 1 });
    const set = (value: string) => () => sim.seed.parameter({ name, value });
    set("Be kind.")();
    set("Be brief.")();
    const live = () => sim.world.parameters[name]?.versions.at(-1)?.value;
    const put = { service: "ssm", operation: "PutParameter" } as const;
    return {
      sim,
      params: { parameter: name, version: 1 },
      change: put,
      back: put,
      isDone: () => live() === "Be kind.",
      isBack: () => live() === "Be brief.",
      goes: async () => void (await sim.call("ssm", "DeleteParameter", { Name: name })),
      already: set("Be kind."),
      half: { cannot: "one parameter is written whole or not" },
      theirs: set("Be both."),
      isTheirs: () => live() === "Be both.",
    };
  },
};
