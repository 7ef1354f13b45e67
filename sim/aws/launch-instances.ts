import type { InstanceCollection, LaunchInstancesError, LaunchInstancesResult } from "@aws-sdk/client-auto-scaling";
import { z } from "zod";
import { canonicalJson } from "../../src/json.ts";
import { SimError } from "../error.ts";
import type { Ground } from "../ground.ts";
import { acts } from "../operation.ts";
import { invalid, knownGroup, launchMember, lookSoon, subnetOf } from "./group-behaviour.ts";

const launching = z.strictObject({
  AutoScalingGroupName: z.string(),
  RequestedCapacity: z.int().min(1).max(100),
  ClientToken: z.string().regex(/^[A-Za-z0-9\-_/]{1,64}$/),
  AvailabilityZones: z.array(z.string()).max(1).optional(),
  SubnetIds: z.array(z.string()).max(1).optional(),
  RetryStrategy: z.enum(["none", "retry-with-group-configuration"]).default("none"),
});

/**
 * Launches at once and answers with the ids, the instances still pending. Too little capacity is an entry in `Errors`, not an exception.
 *
 * Assumption, to be settled on a real account: desired capacity rises by what was launched. The model says so only of
 * `retry-with-group-configuration` ("increase desired capacity and retry"); if it stayed, the group would scale in again.
 */
function launchNow(ground: Ground, input: z.output<typeof launching>): LaunchInstancesResult {
  const group = knownGroup(ground, input.AutoScalingGroupName);
  const [zone = input.SubnetIds?.[0]?.replace(/^subnet-/, ""), ...none] = input.AvailabilityZones ?? [];
  const where = zone ?? (group.zones.length === 1 ? group.zones[0] : undefined);
  if (where === undefined || none.length > 0) {
    throw invalid(
      "AvailabilityZones, AvailabilityZoneIds or SubnetIds must be specified for a group with multiple Availability Zones.",
    );
  }
  if (!group.zones.includes(where))
    throw invalid(`The Availability Zone or subnet ${where} is not part of Auto Scaling group ${group.name}.`);
  const wanted = group.desired + input.RequestedCapacity;
  if (wanted > group.max)
    throw invalid(`New desired capacity ${wanted} is above max value ${group.max} for the AutoScalingGroup.`);

  const byType = new Map<string, string[]>();
  let launched = 0;
  while (launched < input.RequestedCapacity) {
    const one = launchMember(ground, group, where);
    if (!one) break;
    launched += 1;
    byType.set(one.type, [...(byType.get(one.type) ?? []), one.id]);
  }
  const retries = input.RetryStrategy === "retry-with-group-configuration";
  ground.change(group, { desired: group.desired + (retries ? input.RequestedCapacity : launched) });
  if (launched < input.RequestedCapacity && retries) lookSoon(ground, group);

  const place = { MarketType: group.spot ? "Spot" : "OnDemand", SubnetId: subnetOf(where), AvailabilityZone: where };
  const dry = (InstanceType: string): LaunchInstancesError => ({
    ...place,
    InstanceType,
    ErrorCode: "InsufficientInstanceCapacity",
    ErrorMessage: `We currently do not have sufficient ${InstanceType} capacity in the Availability Zone you requested (${where}).`,
  });
  return {
    AutoScalingGroupName: group.name,
    ClientToken: input.ClientToken,
    Instances: [...byType].map(([InstanceType, InstanceIds]): InstanceCollection => ({
      ...place,
      InstanceType,
      InstanceIds,
    })),
    Errors: launched < input.RequestedCapacity ? group.types.map(dry) : [],
  };
}

/** `autoscaling:LaunchInstances`: once per client token, whatever is lost on the way back. */
export const launchInstances = acts(launching, (ground, input) => {
  const { tokens } = ground.world;
  const key = `autoscaling/${input.ClientToken}`;
  const text = canonicalJson({
    ...input,
    AvailabilityZones: input.AvailabilityZones ?? [],
    SubnetIds: input.SubnetIds ?? [],
  });
  const given = tokens[key];
  if (given && given.input !== text) {
    throw new SimError(
      "IdempotentParameterMismatchError",
      "The parameters do not match those of a previous request with the same client token.",
    );
  }
  if (given) return z.looseObject({}).parse(given.output);
  const output = launchNow(ground, input);
  ground.add(tokens, key, { input: text, output: z.json().parse(JSON.parse(JSON.stringify(output))) });
  return output;
});
