import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { shiftTraffic } from "../../../src/actions/shift-traffic.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const shiftTrafficCase: ActionCase = {
  action: shiftTraffic,
  rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    sim.seed.endpoint({ name: "rank", weights: { old: 0.9, new: 0.1 } });
    const set = (weights: Readonly<Record<string, number>>) => async () => {
      await sim.call("sagemaker", "UpdateEndpointWeightsAndCapacities", {
        EndpointName: "rank",
        DesiredWeightsAndCapacities: Object.entries(weights).map(([VariantName, DesiredWeight]) => ({
          VariantName,
          DesiredWeight,
        })),
      });
      clock.advance(120_000);
    };
    const update = { service: "sagemaker", operation: "UpdateEndpointWeightsAndCapacities" } as const;
    const weights = () => sim.world.endpoints["rank"]?.variants.map(({ weight }) => weight).join(" ");
    return {
      sim,
      params: { endpoint: "rank", weights: { old: 1, new: 0 } },
      change: update,
      back: update,
      settles: { minutes: 3 },
      isDone: () => weights() === "1 0",
      isBack: () => weights() === "0.9 0.1",
      goes: () => void delete sim.world.endpoints["rank"],
      already: set({ old: 1, new: 0 }),
      half: set({ new: 0 }),
      theirs: set({ old: 0.5, new: 0.5 }),
      isTheirs: () => weights() === "0.5 0.5",
    };
  },
};
