import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { resubmitJob } from "../../../src/actions/resubmit-job.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const resubmitJobCase: ActionCase = {
  action: resubmitJob,
  async rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    const queue = sim.seed.jobQueue({ name: "spot", spot: true });
    sim.seed.jobDefinition({ name: "embed", takes: { hours: 1 } });
    const { id, name } = sim.seed.job({ name: "embed-1", queue: "spot", definition: "embed" });
    clock.advance(600_000);
    await sim.call("ec2", "TerminateInstances", { InstanceIds: [sim.world.jobs[id]?.instance] });
    const copies = () => Object.values(sim.world.jobs).filter(({ tags }) => tags["remediates"] === id);
    const stop = (reason: string) => async () => {
      for (const { id: jobId } of copies()) await sim.call("batch", "TerminateJob", { jobId, reason });
    };
    return {
      sim,
      params: { job: id, name, as: "embed-1-r1", queue: queue.arn },
      change: { service: "batch", operation: "SubmitJob" },
      back: { service: "batch", operation: "TerminateJob" },
      isDone: () => copies().length === 1 && copies().every(({ status }) => status !== "FAILED"),
      isBack: () => copies().every(({ status }) => status === "FAILED"),
      goes: () => void delete sim.world.jobs[id],
      already: () =>
        void sim.seed.job({ name: "embed-1-r1", queue: "spot", definition: "embed", tags: { remediates: id } }),
      half: { cannot: "one job is submitted or not" },
      theirs: stop("the data were wrong"),
      isTheirs: () => copies().every(({ statusReason }) => statusReason === "the data were wrong"),
    };
  },
};
