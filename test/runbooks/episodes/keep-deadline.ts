import { keepDeadline } from "../../../runbooks/keep-deadline.ts";
import { toMs } from "../../../src/clock.ts";
import { later, type RunbookEpisode } from "../episode.ts";
import { jobNamed, jobsOf, spotCapacity } from "../jobs.ts";

const arn = (queue: string) => `arn:aws:batch:us-east-2:123456789012:job-queue/${queue}`;
const type = "g5.xlarge";

/**
 * A job of two hours with a deadline, whose host EC2 takes after twenty minutes while spot has nothing else. It helps if there
 * is capacity on demand.
 */
export const keepDeadlineEpisode: RunbookEpisode = {
  runbook: keepDeadline,
  hears: true,
  settings: {
    batch: { queues: [{ spot: arn("spot"), onDemand: arn("on-demand"), instanceType: type }] },
    prices: { instances: { [type]: { onDemand: 1.006, spot: 0.402 } } },
  },
  seed(s, helps) {
    s.sim.seed.jobDefinition({ name: "tune", takes: { hours: 2 }, retryStrategy: { attempts: 5 } });
    const deadline = new Date(s.clock.now() + toMs({ hours: 4 })).toISOString();
    const tags = { "paramedic:deadline": deadline, "paramedic:work-minutes": "120" };
    s.sim.seed.job({ name: "tune", queue: "spot", definition: "tune", tags });
    if (helps) return;
    later(s.clock, { minutes: 1 }, () => {
      for (const zone of ["us-east-2a", "us-east-2b"]) s.sim.seed.pool({ type, zone, market: "on-demand", count: 0 });
    });
  },
  trouble(s) {
    later(s.clock, { minutes: 20 }, () => {
      spotCapacity(s, 0);
      s.sim.spot.interrupt(jobNamed(s, "tune")?.instance ?? "");
    });
  },
  over: { hours: 6 },
  /** Where the work is now, or was done. */
  shows: (s) =>
    jobsOf(s, "tune")
      .filter(({ status }) => status !== "FAILED")
      .map(({ queue }) => queue),
  healed: ["on-demand"],
  less: { nothing: "the copy on demand and the end of the one that waits go together: less of it is neither" },
};
