import { spotInterruption } from "../../../runbooks/spot-interruption.ts";
import { take } from "../../../src/engine/take.ts";
import { type AnyStack, interruption, seedFleet } from "../../support/stack.ts";
import { later, type RunbookEpisode, without } from "../episode.ts";

const doomed = new WeakMap<AnyStack["sim"], string>();
const doomedOf = ({ sim }: AnyStack): string => doomed.get(sim) ?? "";

/** EC2 takes back an instance with a service's task, one of its own, a target and messages in hand. It helps unless nobody can see whether it did. */
export const spotInterruptionEpisode: RunbookEpisode = {
  runbook: spotInterruption,
  async seed(s, helps) {
    const fleet = seedFleet(s, { queue: "gpu-jobs" });
    doomed.set(s.sim, fleet.doomed);
    s.sim.seed.task({ cluster: "gpu", family: "embed", instance: fleet.doomed, tags: { paramedic: "act" } });
    await fleet.work();
    if (helps) return;
    later(s.clock, { seconds: 5 }, () => s.sim.faults.add({ service: "ecs", operation: "ListTasks", kind: "denied" }));
  },
  async trouble(s) {
    s.sim.spot.interrupt(doomedOf(s));
    await take(s.world, interruption(doomedOf(s), s.clock.now()));
  },
  over: { hours: 1 },
  shows: (s) => {
    const { members = {}, desired } = s.sim.world.groups["gpu-workers"] ?? {};
    const embeds = Object.values(s.sim.world.tasks).filter(
      ({ group, last }) => group === "family:embed" && last === "RUNNING",
    ).length;
    return { embeds, isMember: doomedOf(s) in members, members: Object.keys(members).length, desired };
  },
  healed: { embeds: 1, isMember: false, members: 4, desired: 4 },
  less: without("autoscaling.launch-replacement"),
};
