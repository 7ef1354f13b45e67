import { CreateTrainingJobCommand, StopTrainingJobCommand } from "@aws-sdk/client-sagemaker";
import { z } from "zod";
import type { Aws } from "../aws/clients.ts";
import { isNamed } from "../aws/failure.ts";
import { describeTraining, trainingAgain } from "../aws/training-jobs.ts";
import { BotError } from "../bot-error.ts";
import { copyTags } from "../policies/copies.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

const runsOn = z.object({ instanceType: z.string(), instances: z.int().positive() }).nullable();

/** The restart of this name, and whether this very step has made it. */
async function restarted(aws: Aws, { as, job, key }: { as: string; job: string; key: string }) {
  const found = await describeTraining(aws.sagemaker, as);
  if (found?.tags[copyTags.of] !== job) return undefined;
  return { job: as, ours: found.tags[copyTags.step] === key };
}

/**
 * Creates a SageMaker training job again under the next name, with the checkpoints of the one that failed.
 *
 * Names are unique in account and region, for ever: a second restart of the same name is refused, and means that it has
 * been done.
 */
export const restartTraining = defineAction({
  id: "sagemaker.restart-training",
  summary: ({ job, as, spot }) => `train ${job} again as ${as} ${spot ? "on spot" : "on demand"}`,
  params: z.object({ job: z.string(), as: z.string(), spot: z.boolean() }),
  permissions: [
    "iam:PassRole",
    "sagemaker:AddTags",
    "sagemaker:CreateTrainingJob",
    "sagemaker:DescribeTrainingJob",
    "sagemaker:ListTags",
    "sagemaker:StopTrainingJob",
  ],
  touches: ({ job }) => [resource.training(job)],
  takes: { seconds: 3 },
  costs: ({ params: { spot }, before, prices }) => {
    const on = runsOn.parse(before);
    const hour = on ? prices.instanceHour(on.instanceType, spot ? "spot" : "on-demand") : undefined;
    return on && hour !== undefined ? hour * on.instances : undefined;
  },
  before: async ({ params, aws }) => {
    const { InstanceType, InstanceCount } =
      (await describeTraining(aws.sagemaker, params.job))?.job.ResourceConfig ?? {};
    return InstanceType === undefined ? null : { instanceType: InstanceType, instances: InstanceCount ?? 1 };
  },
  do: async ({ params: { job: name, as, spot }, aws, key }) => {
    const found = await describeTraining(aws.sagemaker, name);
    if (!found) throw new BotError("not_found", `training ${name} again: there is no such job`, { job: name });
    try {
      await aws.sagemaker.send(new CreateTrainingJobCommand(trainingAgain(found, { as, spot, key })));
      return { job: as, ours: true };
    } catch (error) {
      const there = isNamed(error, "ResourceInUse") ? await restarted(aws, { as, job: name, key }) : undefined;
      if (there) return there;
      throw error;
    }
  },
  probe: async ({ params: { job, as }, aws, key }) => {
    const there = await restarted(aws, { as, job, key });
    return there?.ours ? { applied: true, out: there } : { applied: false };
  },
  undo: async ({ params: { as }, aws, out }) => {
    const { success } = z.object({ ours: z.literal(true) }).safeParse(out);
    if (!success) return;
    const found = await describeTraining(aws.sagemaker, as);
    if (found?.job.TrainingJobStatus !== "InProgress") return;
    await aws.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: as }));
  },
});
