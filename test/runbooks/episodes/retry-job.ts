import { retryJob } from "../../../runbooks/retry-job.ts";
import { later, type RunbookEpisode } from "../episode.ts";
import { jobNamed, jobsOf } from "../jobs.ts";

const type = "c7g.xlarge";

/** A job whose host EC2 takes after ten minutes. It helps if spot has another. */
export const retryJobEpisode: RunbookEpisode = {
  runbook: retryJob,
  hears: true,
  seed({ sim, clock }, helps) {
    sim.seed.jobQueue({ name: "cheap", spot: true, type });
    sim.seed.jobDefinition({ name: "encode", takes: { hours: 1 } });
    sim.seed.job({ name: "encode", queue: "cheap", definition: "encode" });
    if (helps) return;
    later(clock, { minutes: 9 }, () => {
      for (const zone of ["us-east-2a", "us-east-2b"]) sim.seed.pool({ type, zone, market: "spot", count: 0 });
    });
  },
  trouble: (s) => later(s.clock, { minutes: 10 }, () => s.sim.spot.interrupt(jobNamed(s, "encode")?.instance ?? "")),
  over: { hours: 8 },
  shows: (s) =>
    jobsOf(s, "encode")
      .filter(({ status }) => status !== "FAILED")
      .map(({ name }) => name),
  healed: ["encode-r1"],
  undone: { shows: [], because: "the job that lost its host has failed, and only its copy is taken back" },
  less: { nothing: "it submits one job as it was" },
};
