import type {
  DescribeInstanceStatusResult,
  DescribeInstancesResult,
  GetSpotPlacementScoresResult,
  Instance as Ec2Instance,
  TerminateInstancesResult,
} from "@aws-sdk/client-ec2";
import { z } from "zod";
import { SimError, notSimulated } from "../error.ts";
import type { Ground } from "../ground.ts";
import { acts, page, reads, wording } from "../operation.ts";
import type { SimulatedService } from "../operation.ts";
import type { Instance } from "../world.ts";

const codes = { pending: 0, running: 16, "shutting-down": 32, terminated: 48 } as const;

/** The account and the region of a spot interruption's ARN are replaced by the zone: so AWS prints it, and nowhere else. */
const spotArn = ({ zone, id }: Instance): string => `arn:aws:ec2:${zone}:instance/${id}`;

export const isAlive = ({ state }: Instance): boolean => state === "pending" || state === "running";

const poolKey = (spot: boolean, type: string, zone: string): string => `${spot ? "spot" : "on-demand"}/${type}/${zone}`;

/** Bounds how many instances of a type can be alive at once in a zone. Instances that run already are not taken away. */
export function setCapacity(
  ground: Ground,
  { type, zone, market, count }: { type: string; zone: string; market?: "spot" | "on-demand"; count: number },
): void {
  for (const spot of [true, false]) {
    if (market && spot !== (market === "spot")) continue;
    ground.change(ground.world.pools, { [poolKey(spot, type, zone)]: count });
  }
}

/**
 * Starts an instance, or answers `undefined` when its pool is dry (`InsufficientInstanceCapacity`).
 *
 * It runs 45 to 90 s later: 17 to 26 s of that are EC2's (published measurements), the rest is boot and agent.
 */
export function launch(
  ground: Ground,
  { type, zone, spot, tags }: { type: string; zone: string; spot: boolean; tags: Record<string, string> },
): Instance | undefined {
  const { instances, pools } = ground.world;
  const limit = pools[poolKey(spot, type, zone)];
  if (limit !== undefined) {
    const alive = Object.values(instances).filter(
      (one) => isAlive(one) && one.type === type && one.zone === zone && one.spot === spot,
    );
    if (alive.length >= limit) return undefined;
  }
  const id = `i-${ground.hex(17)}`;
  const instance = ground.add(instances, id, {
    id,
    type,
    zone,
    spot,
    state: "pending",
    launchedAt: ground.now(),
    tags: { ...tags },
  });
  sayState(ground, instance);
  ground.later(ground.between(45, 90), "instance-runs", id);
  return instance;
}

/** Ends an instance: it shuts down at once and is gone 20 to 40 s later. One that has ended already stays as it is. */
export function terminate(ground: Ground, instance: Instance, reason: string): void {
  if (!isAlive(instance)) return;
  ground.change(instance, { state: "shutting-down", reason });
  sayState(ground, instance);
  ground.tell("instance-dying", instance.id);
  ground.later(ground.between(20, 40), "instance-ends", instance.id);
}

/** Gives the two-minute notice of a spot interruption, and takes the instance when they are over. */
export function interrupt(ground: Ground, id: string): void {
  const instance = known(ground, id);
  if (!instance.spot) throw notSimulated(`a spot interruption of ${id}, which is on demand`);
  if (instance.reclaimedAt !== undefined || !isAlive(instance)) return;
  ground.change(instance, { reclaimedAt: ground.now() + 120_000 });
  ground.later(120_000, "instance-reclaimed", id);
  ground.emit({
    source: "aws.ec2",
    detailType: "EC2 Spot Instance Interruption Warning",
    resources: [spotArn(instance)],
    detail: { "instance-id": id, "instance-action": "terminate" },
  });
  ground.tell("interruption-noticed", id);
}

/** Says that the risk of an interruption is elevated. Nothing has to follow. */
export function recommendRebalance(ground: Ground, id: string): void {
  known(ground, id);
  ground.emit({
    source: "aws.ec2",
    detailType: "EC2 Instance Rebalance Recommendation",
    resources: [ground.arn("ec2", `instance/${id}`)],
    detail: { "instance-id": id },
  });
  ground.tell("rebalance-recommended", id);
}

function sayState(ground: Ground, { id, state }: Instance): void {
  ground.emit({
    source: "aws.ec2",
    detailType: "EC2 Instance State-change Notification",
    resources: [ground.arn("ec2", `instance/${id}`)],
    detail: { "instance-id": id, state },
  });
}

function known(ground: Ground, id: string): Instance {
  if (!/^i-[0-9a-f]{8,17}$/.test(id)) throw new SimError("InvalidInstanceID.Malformed", `Invalid id: "${id}"`);
  const instance = ground.world.instances[id];
  if (!instance) throw new SimError("InvalidInstanceID.NotFound", `The instance ID '${id}' does not exist`);
  return instance;
}

const stateOf = ({ state }: Instance) => ({ Code: codes[state], Name: state });

function described(instance: Instance): Ec2Instance {
  const { id, type, zone, spot, launchedAt, reason, tags } = instance;
  return {
    InstanceId: id,
    InstanceType: type as NonNullable<Ec2Instance["InstanceType"]>,
    State: stateOf(instance),
    Placement: { AvailabilityZone: zone, Tenancy: "default" },
    LaunchTime: new Date(launchedAt),
    ...(spot ? { InstanceLifecycle: "spot" as const } : {}),
    StateTransitionReason: reason ?? "",
    ...(reason ? { StateReason: { Code: reason, Message: `${reason}: ${reason}` } } : {}),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

const filter = z.strictObject({ Name: z.string(), Values: z.array(z.string()) });
const ids = z.array(z.string());

function matches(instance: Instance, { Name, Values }: z.output<typeof filter>): boolean {
  const value = {
    "instance-id": instance.id,
    "instance-type": instance.type,
    "instance-state-name": instance.state,
    "availability-zone": instance.zone,
    "instance-lifecycle": instance.spot ? "spot" : "",
  }[Name];
  if (value !== undefined) return Values.includes(value);
  if (Name === "tag-key") return Object.keys(instance.tags).some((key) => Values.includes(key));
  if (Name.startsWith("tag:")) return Values.includes(instance.tags[Name.slice("tag:".length)] ?? "");
  throw notSimulated(`filter ${Name} of ec2:DescribeInstances`);
}

const chosen = (
  ground: Ground,
  wanted: readonly string[] | undefined,
  filters: z.output<typeof filter>[] = [],
): Instance[] =>
  (wanted ? wanted.map((id) => known(ground, id)) : Object.values(ground.world.instances)).filter((instance) =>
    filters.every((one) => matches(instance, one)),
  );

const tagging = z.strictObject({
  Resources: ids,
  Tags: z.array(z.strictObject({ Key: z.string(), Value: z.string().optional() })),
});

export const ec2: SimulatedService = {
  name: "ec2",
  target: "AmazonEC2",
  wording: wording(
    {
      throttled: "RequestLimitExceeded",
      denied: "UnauthorizedOperation",
      broken: "InternalError",
      invalid: "InvalidParameterValue",
    },
    { throttled: 503, denied: 403 },
  ),
  operations: {
    DescribeInstances: reads(
      z.strictObject({
        InstanceIds: ids.optional(),
        Filters: z.array(filter).optional(),
        MaxResults: z.number().optional(),
        NextToken: z.string().optional(),
      }),
      (ground, { InstanceIds, Filters, MaxResults = 1000, NextToken }): DescribeInstancesResult => {
        const { items, next } = page(chosen(ground, InstanceIds, Filters), MaxResults, NextToken);
        const Reservations = items.map((one) => ({ OwnerId: ground.world.account, Instances: [described(one)] }));
        return { Reservations, NextToken: next };
      },
    ),
    DescribeInstanceStatus: reads(
      z.strictObject({ InstanceIds: ids.optional(), IncludeAllInstances: z.boolean().optional() }),
      (ground, { InstanceIds, IncludeAllInstances }): DescribeInstanceStatusResult => ({
        InstanceStatuses: chosen(ground, InstanceIds)
          .filter(({ state }) => IncludeAllInstances || state === "running")
          .map((one) => ({
            InstanceId: one.id,
            AvailabilityZone: one.zone,
            InstanceState: stateOf(one),
            InstanceStatus: { Status: one.state === "running" ? "ok" : "not-applicable" },
            SystemStatus: { Status: one.state === "running" ? "ok" : "not-applicable" },
          })),
      }),
    ),
    // Whether a pool has one now; the real scores are coarser, and promise nothing.
    GetSpotPlacementScores: reads(
      z.strictObject({
        InstanceTypes: z.array(z.string()).length(1),
        TargetCapacity: z.int().positive(),
        SingleAvailabilityZone: z.literal(true),
        RegionNames: z.array(z.string()).length(1),
      }),
      (ground, { InstanceTypes: [type = ""], RegionNames: [Region] }): GetSpotPlacementScoresResult => ({
        SpotPlacementScores: Object.entries(ground.world.pools).flatMap(([key, count]) => {
          const [market, ofType, zone = ""] = key.split("/");
          if (market !== "spot" || ofType !== type) return [];
          return [{ Region, AvailabilityZoneId: `az-${zone.at(-1)}`, Score: count > 0 ? 9 : 1 }];
        }),
      }),
    ),
    TerminateInstances: acts(
      z.strictObject({ InstanceIds: ids.min(1) }),
      (ground, { InstanceIds }): TerminateInstancesResult => ({
        TerminatingInstances: chosen(ground, InstanceIds).map((instance) => {
          const before = stateOf(instance);
          terminate(ground, instance, "Client.UserInitiatedShutdown");
          return { InstanceId: instance.id, PreviousState: before, CurrentState: stateOf(instance) };
        }),
      }),
    ),
    CreateTags: acts(tagging, (ground, { Resources, Tags }) => {
      for (const { tags } of chosen(ground, Resources)) {
        ground.change(tags, Object.fromEntries(Tags.map(({ Key, Value = "" }) => [Key, Value])));
      }
      return {};
    }),
    DeleteTags: acts(tagging, (ground, { Resources, Tags }) => {
      for (const { tags } of chosen(ground, Resources)) for (const { Key } of Tags) ground.remove(tags, Key);
      return {};
    }),
  },
  due: {
    "instance-runs": (ground, { of }) => {
      const instance = ground.world.instances[of];
      if (instance?.state !== "pending") return;
      ground.change(instance, { state: "running" });
      sayState(ground, instance);
      ground.tell("instance-running", of);
    },
    "instance-reclaimed": (ground, { of }) => {
      const instance = ground.world.instances[of];
      if (instance) terminate(ground, instance, "Server.SpotInstanceTermination");
    },
    "instance-ends": (ground, { of }) => {
      const instance = ground.world.instances[of];
      if (!instance) return;
      ground.change(instance, { state: "terminated", endedAt: ground.now() });
      sayState(ground, instance);
      ground.tell("instance-gone", of);
      // EC2 goes on describing a terminated instance for about an hour.
      ground.later(3_600_000, "instance-forgotten", of);
    },
    "instance-forgotten": (ground, { of }) => void ground.remove(ground.world.instances, of),
  },
};
