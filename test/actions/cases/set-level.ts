import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { setLevel } from "../../../src/actions/set-level.ts";
import { levelParameter } from "../../../src/aws/level.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

const name = levelParameter("chat");
const byHand = (level: string) =>
  JSON.stringify({ level, reason: "sale", incident: "-", key: "-", setBy: "Alex", since: startMs });

export const setLevelCase: ActionCase = {
  action: setLevel,
  rehearse() {
    const sim = createSim({ clock: new VirtualClock(startMs), seed: 1 });
    const text = () => sim.world.parameters[name]?.versions.at(-1)?.value;
    const set = (value: string) => () => sim.seed.parameter({ name, value });
    set(byHand("full"))();
    return {
      sim,
      params: { service: "chat", level: "limited", reason: "it is slow" },
      lease: { minutes: 30 },
      change: { service: "ssm", operation: "PutParameter" },
      back: { service: "ssm", operation: "PutParameter" },
      isDone: () => /"level":"limited"/.test(text() ?? ""),
      isBack: () => text() === byHand("full"),
      goes: async () => void (await sim.call("ssm", "DeleteParameter", { Name: name })),
      already: set(byHand("limited")),
      half: { cannot: "one parameter is written whole or not" },
      theirs: set(byHand("minimal")),
      isTheirs: () => text() === byHand("minimal"),
    };
  },
};
