import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { terminateJob } from "../../../src/actions/terminate-job.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const terminateJobCase: ActionCase = {
  action: terminateJob,
  rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    sim.seed.jobQueue({ name: "gpu" });
    sim.seed.jobDefinition({ name: "tune", takes: { hours: 4 } });
    const { id, name } = sim.seed.job({ name: "tune-1", queue: "gpu", definition: "tune" });
    clock.advance(600_000);
    const goesOn = (status: string | undefined) => status !== undefined && status !== "FAILED";
    const copies = () => Object.values(sim.world.jobs).filter((job) => job.id !== id);
    const again = () =>
      void sim.seed.job({ name: "tune-1-r1", queue: "gpu", definition: "tune", tags: { remediates: id } });
    return {
      sim,
      params: { job: id, name, why: "it spends more than it may", as: "tune-1-r1" },
      change: { service: "batch", operation: "TerminateJob" },
      back: { service: "batch", operation: "SubmitJob" },
      isDone: () => !goesOn(sim.world.jobs[id]?.status),
      // As it was: the work goes on, in one job.
      isBack: () => Object.values(sim.world.jobs).filter(({ status }) => goesOn(status)).length === 1,
      goes: () => void delete sim.world.jobs[id],
      already: async () => void (await sim.call("batch", "TerminateJob", { jobId: id, reason: "wrong data" })),
      half: { cannot: "one job is ended or not" },
      theirs: again,
      isTheirs: () => copies().length === 1 && copies().every(({ tags }) => tags["paramedic:step"] === undefined),
    };
  },
};
