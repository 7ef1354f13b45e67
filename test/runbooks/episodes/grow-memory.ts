import { growMemory } from "../../../runbooks/grow-memory.ts";
import { instead, type RunbookEpisode } from "../episode.ts";
import { jobsOf } from "../jobs.ts";

/** A job whose program needs more memory than it has. It helps if an instance of its queue can hold what it is grown to. */
export const growMemoryEpisode: RunbookEpisode = {
  runbook: growMemory,
  hears: true,
  seed({ sim }, helps) {
    sim.seed.jobQueue({ name: "small" });
    sim.seed.jobDefinition({ name: "index", takes: { minutes: 30 }, needsMiB: 2_300 });
    if (!helps) Object.assign(sim.world.jobQueues["small"] ?? {}, { memoryMiBMax: 2_048 });
  },
  trouble: ({ sim }) => void sim.seed.job({ name: "index", queue: "small", definition: "index" }),
  over: { hours: 3 },
  shows: (s) =>
    jobsOf(s, "index")
      .filter(({ status }) => status !== "FAILED")
      .map(({ memoryMiB }) => memoryMiB),
  healed: [3_072],
  less: instead("batch.resubmit-job", { size: { vcpus: 2, memoryMiB: 2_400 } }),
};
