import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { shiftAlias } from "../../../src/actions/shift-alias.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const shiftAliasCase: ActionCase = {
  action: shiftAlias,
  rehearse() {
    const sim = createSim({ clock: new VirtualClock(startMs), seed: 1 });
    const day = 86_400_000;
    sim.seed.lambdaFunction({
      name: "answer",
      versions: [startMs - 2 * day, startMs - day],
      aliases: { live: { version: "1", weights: { "2": 0.1 } } },
    });
    const set = (FunctionVersion: string, weights: Readonly<Record<string, number>>) => async () => {
      const RoutingConfig = { AdditionalVersionWeights: weights };
      await sim.call("lambda", "UpdateAlias", { FunctionName: "answer", Name: "live", FunctionVersion, RoutingConfig });
    };
    const update = { service: "lambda", operation: "UpdateAlias" } as const;
    const route = () => {
      const { version, weights } = sim.world.functions["answer"]?.aliases["live"] ?? {};
      return JSON.stringify([version, weights]);
    };
    return {
      sim,
      params: { function: "answer", alias: "live", version: "1" },
      change: update,
      back: update,
      isDone: () => route() === '["1",{}]',
      isBack: () => route() === '["1",{"2":0.1}]',
      goes: () => void delete sim.world.functions["answer"],
      already: set("1", {}),
      half: { cannot: "version and weights are written in one call" },
      theirs: set("2", {}),
      isTheirs: () => route() === '["2",{}]',
    };
  },
};
