import type { EventSourceMappingConfiguration, ListEventSourceMappingsResponse } from "@aws-sdk/client-lambda";
import { z } from "zod";
import { SimError } from "../error.ts";
import type { Behaviour, Ground } from "../ground.ts";
import { acts, page, reads } from "../operation.ts";
import type { Operation } from "../operation.ts";
import type { EventSourceMapping } from "../world/lambda.ts";
import { functionArn, functionName, paged, token } from "./lambda-function.ts";

function mappingOf(ground: Ground, id: string): EventSourceMapping {
  const found = ground.world.mappings[id];
  if (found) return found;
  throw new SimError("ResourceNotFoundException", "The resource you requested does not exist.", 404);
}

const described = (
  ground: Ground,
  { id, function: name, source, state, maximumConcurrency, modifiedAt }: EventSourceMapping,
): EventSourceMappingConfiguration => ({
  UUID: id,
  FunctionArn: functionArn(ground, name),
  EventSourceArn: source,
  EventSourceMappingArn: ground.arn("lambda", `event-source-mapping:${id}`),
  State: state,
  StateTransitionReason: "USER_INITIATED",
  ...(maximumConcurrency !== undefined && { ScalingConfig: { MaximumConcurrency: maximumConcurrency } }),
  LastModified: new Date(modifiedAt),
});

/** Event source mappings. A change takes a while, in which there is no other. */
export const mappingOperations: Record<string, Operation> = {
  GetEventSourceMapping: reads(
    z.strictObject({ UUID: z.string() }),
    (ground, { UUID }): EventSourceMappingConfiguration => described(ground, mappingOf(ground, UUID)),
  ),
  ListEventSourceMappings: reads(
    z.strictObject({
      FunctionName: functionName.optional(),
      EventSourceArn: z.string().optional(),
      ...paged(10_000),
    }),
    (ground, { FunctionName, EventSourceArn, Marker, MaxItems }): ListEventSourceMappingsResponse => {
      const wanted = Object.values(ground.world.mappings).filter(
        (one) =>
          (FunctionName === undefined || one.function === FunctionName) &&
          (EventSourceArn === undefined || one.source === EventSourceArn),
      );
      const { items, next } = page(wanted, MaxItems, Marker);
      return { EventSourceMappings: items.map((one) => described(ground, one)), ...token(next) };
    },
  ),
  UpdateEventSourceMapping: acts(
    z.strictObject({
      UUID: z.string(),
      Enabled: z.boolean().optional(),
      ScalingConfig: z.strictObject({ MaximumConcurrency: z.int().min(2).max(1_000).optional() }).optional(),
    }),
    (ground, { UUID, Enabled, ScalingConfig }): EventSourceMappingConfiguration => {
      const found = mappingOf(ground, UUID);
      if (found.settlesAs !== undefined)
        throw new SimError(
          "ResourceInUseException",
          "Cannot update the event source mapping because it is in use.",
          400,
        );
      if (ScalingConfig && !found.source.includes(":sqs:"))
        throw new SimError(
          "InvalidParameterValueException",
          "Maximum concurrency is not supported for this event source.",
        );
      const isOn = found.state === "Enabled";
      const turns = Enabled !== undefined && Enabled !== isOn;
      const maximum = ScalingConfig ? ScalingConfig.MaximumConcurrency : found.maximumConcurrency;
      if (turns || maximum !== found.maximumConcurrency) {
        ground.change(found, {
          state: turns ? (Enabled ? "Enabling" : "Disabling") : "Updating",
          settlesAs: (Enabled ?? isOn) ? "Enabled" : "Disabled",
          maximumConcurrency: maximum,
          modifiedAt: ground.now(),
        });
        // How long it takes is not documented; people see some seconds to a minute.
        ground.later(ground.between(5, 30), "mapping-settles", UUID);
      }
      return described(ground, found);
    },
  ),
};

export const mappingBehaviour: NonNullable<Behaviour["due"]> = {
  "mapping-settles": (ground, { of }) => {
    const found = ground.world.mappings[of];
    if (found?.settlesAs) ground.change(found, { state: found.settlesAs, settlesAs: undefined });
  },
};
