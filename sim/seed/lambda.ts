import type { Ground } from "../ground.ts";
import type { EventSourceMapping, LambdaFunction } from "../world/lambda.ts";

export function lambdaSeeds(ground: Ground) {
  const { world } = ground;
  return {
    /** A function. `versions` are the times at which it was published, oldest first: the first is version 1. */
    lambdaFunction({
      name,
      memoryMb = 1_024,
      timeoutSeconds = 60,
      reserved,
      versions = [],
      aliases = {},
    }: {
      name: string;
      memoryMb?: number;
      timeoutSeconds?: number;
      reserved?: number;
      versions?: readonly number[];
      aliases?: Readonly<Record<string, { version: string; weights?: Readonly<Record<string, number>> }>>;
    }): LambdaFunction {
      const configuration = { memoryMb, timeoutSeconds };
      return ground.add<LambdaFunction>(world.functions, name, {
        ...configuration,
        name,
        revision: ground.uuid(),
        modifiedAt: versions.at(-1) ?? ground.now(),
        isUpdating: false,
        ...(reserved !== undefined && { reserved }),
        versions: versions.map((publishedAt, index) => ({
          ...configuration,
          version: String(index + 1),
          publishedAt,
        })),
        aliases: Object.fromEntries(
          Object.entries(aliases).map(([alias, { version, weights = {} }]) => [
            alias,
            { name: alias, version, weights: { ...weights }, revision: ground.uuid() },
          ]),
        ),
      });
    },

    /** What feeds a function: the ARN of a queue or a stream. */
    eventSourceMapping({
      function: name,
      source,
      enabled = true,
      id = ground.uuid(),
    }: {
      function: string;
      source: string;
      enabled?: boolean;
      id?: string;
    }): EventSourceMapping {
      return ground.add<EventSourceMapping>(world.mappings, id, {
        id,
        function: name,
        source,
        state: enabled ? "Enabled" : "Disabled",
        modifiedAt: ground.now(),
      });
    },
  };
}
