import { StopTrainingJobCommand } from "@aws-sdk/client-sagemaker";
import { z } from "zod";
import { describeTraining } from "../aws/training-jobs.ts";
import { defineAction, nothingToUndo } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

/**
 * Stops a SageMaker training job. Its code gets SIGTERM and two minutes to save what it has; a checkpoint kept by then is
 * where `restartTraining` goes on.
 */
export const stopTraining = defineAction({
  id: "sagemaker.stop-training",
  summary: ({ job }) => `stop training job ${job}`,
  params: z.object({ job: z.string() }),
  permissions: ["sagemaker:DescribeTrainingJob", "sagemaker:ListTags", "sagemaker:StopTrainingJob"],
  touches: ({ job }) => [resource.training(job)],
  do: async ({ params, aws }) => {
    const found = await describeTraining(aws.sagemaker, params.job);
    if (found?.job.TrainingJobStatus !== "InProgress") return { stopped: false };
    await aws.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: params.job }));
    return { stopped: true };
  },
  probe: async ({ params, aws }) => {
    const found = await describeTraining(aws.sagemaker, params.job);
    return found?.job.TrainingJobStatus === "InProgress"
      ? { applied: false }
      : { applied: true, out: { stopped: true } };
  },
  undo: nothingToUndo(
    "its code has saved what it had, and a stopped job cannot go on: whoever wants it trains it again",
  ),
  verify: {
    // SIGTERM and up to two minutes, then the upload of what was saved.
    within: { minutes: 10 },
    every: { seconds: 20 },
    holds: async ({ params, aws }) => {
      const found = await describeTraining(aws.sagemaker, params.job);
      return !["InProgress", "Stopping"].includes(found?.job.TrainingJobStatus ?? "Stopped");
    },
  },
});
