import type { Ground } from "../ground.ts";
import type { Endpoint } from "../world/sagemaker-endpoints.ts";

export function endpointSeeds(ground: Ground) {
  return {
    /** An endpoint in service. `weights` are those of its variants, by name, each of which has an instance. */
    endpoint({
      name,
      weights,
      modifiedAt = ground.now(),
      config = `${name}-1`,
    }: {
      name: string;
      weights: Readonly<Record<string, number>>;
      modifiedAt?: number;
      config?: string;
    }): Endpoint {
      return ground.add<Endpoint>(ground.world.endpoints, name, {
        name,
        config,
        status: "InService",
        createdAt: modifiedAt,
        modifiedAt,
        variants: Object.entries(weights).map(([variant, weight]) => ({
          name: variant,
          desiredWeight: weight,
          weight,
          desiredCount: 1,
          count: 1,
        })),
      });
    },
  };
}
