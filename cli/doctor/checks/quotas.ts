import { DescribeAutoScalingInstancesCommand } from "@aws-sdk/client-auto-scaling";
import { GetServiceQuotaCommand } from "@aws-sdk/client-service-quotas";
import type { Account } from "../account.ts";
import { type Finding, fine, missing } from "../finding.ts";

/**
 * What the bot or its replacements run into. A new account starts with ten Lambda executions at once, and with no spot
 * instance with a GPU at all. Codes are those of Service Quotas.
 */
const quotas = [
  {
    ServiceCode: "lambda",
    QuotaCode: "L-B99A9384",
    // Five functions, intake with ten at once, and a fleet of remediations beside the account's own work.
    atLeast: 100,
    says: "Lambda executions at once",
  },
  { ServiceCode: "ec2", QuotaCode: "L-3819A6DF", atLeast: 4, says: "vCPUs of G and VT spot instances" },
  { ServiceCode: "ec2", QuotaCode: "L-7212CCBC", atLeast: 4, says: "vCPUs of P spot instances" },
] as const;

/** Which of the quotas matters to a fleet: those of EC2 only where there are instances of that family. */
const matters = (says: string, types: readonly string[]): boolean => {
  const [, family] = /vCPUs of (\w)/.exec(says) ?? [];
  return family === undefined || types.some((type) => type.startsWith(family.toLowerCase()));
};

/** Whether the account's quotas leave the bot and its replacements room to start. */
export async function quotaRoom({ aws, quotas: client }: Account): Promise<Finding[]> {
  const { AutoScalingInstances = [] } = await aws.autoscaling.send(new DescribeAutoScalingInstancesCommand({}));
  const types = AutoScalingInstances.flatMap(({ InstanceType }) => InstanceType ?? []);
  return await Promise.all(
    quotas
      .filter(({ says }) => matters(says, types))
      .map(async ({ ServiceCode, QuotaCode, atLeast, says }) => {
        const { Quota } = await client.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode }));
        const value = Quota?.Value ?? 0;
        return value >= atLeast
          ? fine(says, `the quota is ${value}`)
          : missing(
              says,
              `the quota is ${value}, and at least ${atLeast} are needed`,
              `aws service-quotas request-service-quota-increase --service-code ${ServiceCode} --quota-code ${QuotaCode} --desired-value …`,
            );
      }),
  );
}
