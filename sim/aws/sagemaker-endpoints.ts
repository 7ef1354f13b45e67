import type { DescribeEndpointOutput, UpdateEndpointWeightsAndCapacitiesOutput } from "@aws-sdk/client-sagemaker";
import { z } from "zod";
import { SimError } from "../error.ts";
import type { Behaviour, Ground } from "../ground.ts";
import { acts, reads } from "../operation.ts";
import type { Operation } from "../operation.ts";
import type { Endpoint } from "../world/sagemaker-endpoints.ts";

const endpointArn = (ground: Ground, name: string): string => ground.arn("sagemaker", `endpoint/${name.toLowerCase()}`);

const invalid = (why: string): SimError => new SimError("ValidationException", why);

function endpointOf(ground: Ground, name: string): Endpoint {
  const found = ground.world.endpoints[name];
  if (found) return found;
  throw invalid(`Could not find endpoint "${endpointArn(ground, name)}".`);
}

/** The spelling of a status in events is not that of the API. */
const inEvents = { InService: "IN_SERVICE", Updating: "UPDATING" } as const;

function say(ground: Ground, { name, config, status, createdAt, modifiedAt, variants }: Endpoint): void {
  const arn = endpointArn(ground, name);
  ground.emit({
    source: "aws.sagemaker",
    detailType: "SageMaker Endpoint State Change",
    resources: [arn],
    detail: {
      EndpointName: name,
      EndpointArn: arn,
      EndpointConfigName: config,
      EndpointStatus: inEvents[status],
      ProductionVariants: variants.map(({ name, desiredWeight, desiredCount }) => ({
        VariantName: name,
        DesiredWeight: desiredWeight,
        DesiredInstanceCount: desiredCount,
      })),
      // Floats, unlike the texts of a training job's event.
      CreationTime: createdAt,
      LastModifiedTime: modifiedAt,
      Tags: {},
    },
  });
}

/** Endpoints and their variants. Weights and counts change only while the endpoint is in service, and take minutes. */
export const endpointOperations: Record<string, Operation> = {
  DescribeEndpoint: reads(
    z.strictObject({ EndpointName: z.string() }),
    (ground, { EndpointName }): DescribeEndpointOutput => {
      const { name, config, status, createdAt, modifiedAt, variants } = endpointOf(ground, EndpointName);
      return {
        EndpointName: name,
        EndpointArn: endpointArn(ground, name),
        EndpointConfigName: config,
        EndpointStatus: status,
        CreationTime: new Date(createdAt),
        LastModifiedTime: new Date(modifiedAt),
        ProductionVariants: variants.map((variant) => ({
          VariantName: variant.name,
          CurrentWeight: variant.weight,
          DesiredWeight: variant.desiredWeight,
          CurrentInstanceCount: variant.count,
          DesiredInstanceCount: variant.desiredCount,
        })),
      };
    },
  ),
  UpdateEndpointWeightsAndCapacities: acts(
    z.strictObject({
      EndpointName: z.string(),
      DesiredWeightsAndCapacities: z
        .array(
          z.strictObject({
            VariantName: z.string(),
            DesiredWeight: z.number().min(0).optional(),
            DesiredInstanceCount: z.int().min(0).optional(),
          }),
        )
        .min(1),
    }),
    (ground, { EndpointName, DesiredWeightsAndCapacities }): UpdateEndpointWeightsAndCapacitiesOutput => {
      const found = endpointOf(ground, EndpointName);
      const arn = endpointArn(ground, found.name);
      if (found.status !== "InService") throw invalid(`Cannot update in-progress endpoint "${arn}".`);
      for (const { VariantName } of DesiredWeightsAndCapacities) {
        if (!found.variants.some(({ name }) => name === VariantName))
          throw invalid(`The variant name(s) "${VariantName}" is/are not present within endpoint configuration.`);
      }
      const variants = found.variants.map((variant) => {
        const asked = DesiredWeightsAndCapacities.find(({ VariantName }) => VariantName === variant.name);
        return {
          ...variant,
          desiredWeight: asked?.DesiredWeight ?? variant.desiredWeight,
          desiredCount: asked?.DesiredInstanceCount ?? variant.desiredCount,
        };
      });
      ground.change(found, { variants, status: "Updating", modifiedAt: ground.now() });
      say(ground, found);
      // Weights are in force within minutes; AWS states no time.
      ground.later(ground.between(30, 120), "endpoint-updated", found.name);
      return { EndpointArn: arn };
    },
  ),
};

export const endpointBehaviour: NonNullable<Behaviour["due"]> = {
  "endpoint-updated": (ground, { of }) => {
    const found = ground.world.endpoints[of];
    if (!found) return;
    const variants = found.variants.map((variant) => ({
      ...variant,
      weight: variant.desiredWeight,
      count: variant.desiredCount,
    }));
    ground.change(found, { variants, status: "InService", modifiedAt: ground.now() });
    say(ground, found);
  },
};
