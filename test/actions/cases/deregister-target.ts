import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { deregisterTarget } from "../../../src/actions/deregister-target.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const deregisterTargetCase: ActionCase = {
  action: deregisterTarget,
  rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    const { id } = sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2a" });
    const { arn } = sim.seed.targetGroup({ name: "chat", targets: [id] });
    const say = (operation: string) => async () =>
      void (await sim.call("elasticloadbalancing", operation, { TargetGroupArn: arn, Targets: [{ Id: id }] }));
    const state = () => sim.world.targetGroups[arn]?.targets[id]?.state;
    const getsTraffic = () => state() === "initial" || state() === "healthy";
    return {
      sim,
      params: { targetGroup: arn, instance: id, port: 80 },
      change: { service: "elasticloadbalancing", operation: "DeregisterTargets" },
      back: { service: "elasticloadbalancing", operation: "RegisterTargets" },
      isDone: () => !getsTraffic(),
      isBack: getsTraffic,
      goes: async () => {
        await sim.call("ec2", "TerminateInstances", { InstanceIds: [id] });
        clock.advance(600_000);
      },
      already: say("DeregisterTargets"),
      half: { cannot: "one target is registered or not" },
      theirs: say("RegisterTargets"),
      isTheirs: getsTraffic,
    };
  },
};
