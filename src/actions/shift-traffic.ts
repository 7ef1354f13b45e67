import { DescribeEndpointCommand, UpdateEndpointWeightsAndCapacitiesCommand } from "@aws-sdk/client-sagemaker";
import { z } from "zod";
import type { Aws } from "../aws/clients.ts";
import { isNamed } from "../aws/failure.ts";
import { BotError } from "../bot-error.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

const weightsOf = z.record(z.string(), z.number().nonnegative());
type Weights = z.infer<typeof weightsOf>;
const params = z.object({ endpoint: z.string(), weights: weightsOf });
const was = z.object({ weights: weightsOf });

async function lookAt(aws: Aws, EndpointName: string) {
  const { EndpointStatus: status, ProductionVariants = [] } = await aws.sagemaker.send(
    new DescribeEndpointCommand({ EndpointName }),
  );
  const weights = (of: "DesiredWeight" | "CurrentWeight"): Weights =>
    Object.fromEntries(ProductionVariants.map((variant) => [variant.VariantName ?? "", variant[of] ?? 0]));
  return { status, desired: weights("DesiredWeight"), current: weights("CurrentWeight") };
}

const isSame = (a: Weights, b: Weights): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, weight]) => b[name] === weight);

/** Whether the variants that are named have these weights; the others may have any. */
const isAt = (weights: Weights, wanted: Weights): boolean =>
  Object.entries(wanted).every(([name, weight]) => weights[name] === weight);

async function set(aws: Aws, endpoint: string, weights: Weights): Promise<void> {
  await aws.sagemaker.send(
    new UpdateEndpointWeightsAndCapacitiesCommand({
      EndpointName: endpoint,
      DesiredWeightsAndCapacities: Object.entries(weights).map(([VariantName, DesiredWeight]) => ({
        VariantName,
        DesiredWeight,
      })),
    }),
  );
}

/**
 * Shifts the traffic of a SageMaker endpoint between its variants; instances stay as they are, so that the way back needs
 * none to start.
 *
 * SageMaker takes it only of an endpoint in service, and has it in force within minutes. There is no condition on the call:
 * weights that somebody else has changed since the plan, or since the action, are left alone.
 */
export const shiftTraffic = defineAction({
  id: "sagemaker.shift-traffic",
  summary: ({ endpoint, weights }) =>
    `set the weights of ${endpoint} to ${Object.entries(weights)
      .map(([variant, weight]) => `${variant} ${weight}`)
      .join(", ")}`,
  params,
  permissions: ["sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpointWeightsAndCapacities"],
  touches: ({ endpoint }) => [resource.endpoint(endpoint)],
  takes: { minutes: 2 },
  before: async ({ params, aws }) => ({ weights: (await lookAt(aws, params.endpoint)).desired }),
  narrows: ({ planned, asked, before }) =>
    asked.endpoint === planned.endpoint &&
    Object.entries(asked.weights).every(([variant, weight]) => {
      const [to, from] = [planned.weights[variant], was.parse(before).weights[variant]];
      return to !== undefined && from !== undefined && weight >= Math.min(from, to) && weight <= Math.max(from, to);
    }),
  do: async ({ params: { endpoint, weights }, aws, before }) => {
    const { status, desired } = await lookAt(aws, endpoint);
    if (!isSame(desired, was.parse(before).weights))
      throw new BotError("store_conflict", `shifting traffic of ${endpoint}: somebody else has just shifted it`);
    if (isAt(desired, weights)) return null;
    if (status !== "InService") {
      throw new BotError("aws_failed", `shifting traffic of ${endpoint}: SageMaker is at work on it (${status})`, {
        retryable: true,
      });
    }
    await set(aws, endpoint, weights);
    return null;
  },
  probe: async ({ params, aws }) =>
    isAt((await lookAt(aws, params.endpoint)).desired, params.weights)
      ? { applied: true, out: null }
      : { applied: false },
  undo: async ({ params: { endpoint, weights }, aws, before }) => {
    const back = was.parse(before).weights;
    try {
      const { desired } = await lookAt(aws, endpoint);
      if (isSame(desired, back) || !isSame(desired, { ...back, ...weights })) return;
      await set(aws, endpoint, back);
    } catch (error) {
      // An endpoint that is gone has no traffic; one that is just changing is asked again, and says so by the same code.
      if (!isNamed(error, "ValidationException") || (await isThere(aws, endpoint))) throw error;
    }
  },
  verify: {
    within: { minutes: 10 },
    every: { seconds: 15 },
    holds: async ({ params, aws }) => {
      const { status, current } = await lookAt(aws, params.endpoint);
      return status === "InService" && isAt(current, params.weights);
    },
  },
});

async function isThere(aws: Aws, endpoint: string): Promise<boolean> {
  try {
    await lookAt(aws, endpoint);
    return true;
  } catch (error) {
    if (isNamed(error, "ValidationException")) return false;
    throw error;
  }
}
