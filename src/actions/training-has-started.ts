import { z } from "zod";
import { chainFrom } from "../policies/copies.ts";
import { defineCondition } from "../runbook/condition.ts";

/** A restart has its instances and trains, or has trained. Where it failed before that, the restart after it counts as well. */
export const trainingHasStarted = defineCondition({
  id: "sagemaker.training-has-started",
  params: z.object({ name: z.string() }),
  permissions: ["sagemaker:DescribeTrainingJob", "sagemaker:ListTags"],
  summary: ({ name }) => `${name} trains`,
  holds: async ({ params: { name }, look }) => {
    let saw = `there is no ${name}`;
    for (const one of chainFrom(name)) {
      const job = await look.trainingJob(one);
      if (!job) break;
      saw = `${one} is ${job.status}, ${job.secondary}${job.failure ? ` (${job.failure.reason})` : ""}`;
      if (["Training", "Uploading", "Completed"].includes(job.secondary)) return { holds: true, saw };
      if (job.status !== "Failed") break;
    }
    return { holds: false, saw };
  },
});
