import type {
  DescribeTargetGroupAttributesOutput,
  DescribeTargetGroupsOutput,
  DescribeTargetHealthOutput,
  TargetHealth,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { z } from "zod";
import { SimError } from "../error.ts";
import type { Ground } from "../ground.ts";
import { acts, reads, wording } from "../operation.ts";
import type { SimulatedService } from "../operation.ts";
import type { TargetGroup } from "../world.ts";
import { isAlive } from "./ec2.ts";

/** Adds a target, or takes a draining one back. It is healthy 10 to 20 s later: two checks, as far apart as is usual. */
export function registerTarget(ground: Ground, arn: string, id: string, port?: number): void {
  const group = known(ground, arn);
  const target = group.targets[id];
  if (target && target.state !== "draining") return;
  ground.add(group.targets, id, { id, port: port ?? group.port, state: "initial", since: ground.now() });
  ground.later(ground.between(10, 20), "target-healthy", id, arn);
}

/** Stops new connections to a target, which is gone after the group's deregistration delay. A missing one is no error. */
export function deregisterTarget(ground: Ground, arn: string, id: string): void {
  const group = known(ground, arn);
  const target = group.targets[id];
  if (!target || target.state === "draining") return;
  ground.change(target, { state: "draining", since: ground.now() });
  ground.later(group.deregistrationDelayMs, "target-drained", id, arn);
}

function known(ground: Ground, arn: string): TargetGroup {
  const group = ground.world.targetGroups[arn];
  if (!group) throw new SimError("TargetGroupNotFoundException", `Target groups '${arn}' not found`);
  return group;
}

function healthOf(ground: Ground, group: TargetGroup, id: string): TargetHealth {
  const target = group.targets[id];
  if (!target)
    return {
      State: "unused",
      Reason: "Target.NotRegistered",
      Description: "Target is not registered to the target group",
    };
  const instance = ground.world.instances[id];
  if (instance && !isAlive(instance))
    return { State: "unused", Reason: "Target.InvalidState", Description: "Target is in the stopped state" };
  if (target.state === "healthy") return { State: "healthy" };
  if (target.state === "draining") {
    return {
      State: "draining",
      Reason: "Target.DeregistrationInProgress",
      Description: "Target deregistration is in progress",
    };
  }
  return { State: "initial", Reason: "Elb.RegistrationInProgress", Description: "Target registration is in progress" };
}

const described = (group: TargetGroup) =>
  ({
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: "HTTP",
    Port: group.port,
    TargetType: "instance",
  }) as const;

const targets = z.array(
  z.strictObject({ Id: z.string(), Port: z.number().optional(), AvailabilityZone: z.string().optional() }),
);
const targetsOf = z.strictObject({ TargetGroupArn: z.string(), Targets: targets });

export const elbv2: SimulatedService = {
  name: "elasticloadbalancing",
  target: "ElasticLoadBalancing_v10",
  wording: wording(
    { throttled: "Throttling", denied: "AccessDenied", broken: "InternalFailure", invalid: "ValidationError" },
    { denied: 403 },
  ),
  operations: {
    DescribeTargetGroups: reads(
      z.strictObject({ TargetGroupArns: z.array(z.string()).optional(), Names: z.array(z.string()).optional() }),
      (ground, { TargetGroupArns, Names }): DescribeTargetGroupsOutput => {
        const all = Object.values(ground.world.targetGroups);
        const missing = Names?.find((name) => !all.some((group) => group.name === name));
        if (missing) throw new SimError("TargetGroupNotFoundException", `Target groups '${missing}' not found`);
        const wanted =
          TargetGroupArns?.map((arn) => known(ground, arn)) ?? all.filter(({ name }) => !Names || Names.includes(name));
        return { TargetGroups: wanted.map(described) };
      },
    ),
    DescribeTargetGroupAttributes: reads(
      z.strictObject({ TargetGroupArn: z.string() }),
      (ground, { TargetGroupArn }): DescribeTargetGroupAttributesOutput => {
        const seconds = known(ground, TargetGroupArn).deregistrationDelayMs / 1000;
        return { Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: String(seconds) }] };
      },
    ),
    DescribeTargetHealth: reads(
      z.strictObject({ TargetGroupArn: z.string(), Targets: targets.optional() }),
      (ground, { TargetGroupArn, Targets }): DescribeTargetHealthOutput => {
        const group = known(ground, TargetGroupArn);
        const wanted = Targets ?? Object.values(group.targets).map(({ id, port }) => ({ Id: id, Port: port }));
        return {
          TargetHealthDescriptions: wanted.map(({ Id, Port = group.port }) => ({
            Target: { Id, Port },
            HealthCheckPort: String(Port),
            TargetHealth: healthOf(ground, group, Id),
          })),
        };
      },
    ),
    RegisterTargets: acts(targetsOf, (ground, { TargetGroupArn, Targets }) => {
      known(ground, TargetGroupArn);
      for (const { Id } of Targets) {
        const instance = ground.world.instances[Id];
        if (instance?.state !== "running") {
          throw new SimError(
            "InvalidTargetException",
            `The following targets are not in a running state and cannot be registered: '${Id}'`,
          );
        }
      }
      for (const { Id, Port } of Targets) registerTarget(ground, TargetGroupArn, Id, Port);
      return {};
    }),
    DeregisterTargets: acts(targetsOf, (ground, { TargetGroupArn, Targets }) => {
      known(ground, TargetGroupArn);
      for (const { Id } of Targets) deregisterTarget(ground, TargetGroupArn, Id);
      return {};
    }),
  },
  due: {
    "target-healthy": (ground, { of, within = "", at }) => {
      const target = ground.world.targetGroups[within]?.targets[of];
      if (target?.state === "initial" && target.since < at) ground.change(target, { state: "healthy" });
    },
    "target-drained": (ground, { of, within = "", at }) => {
      const group = ground.world.targetGroups[within];
      const target = group?.targets[of];
      // One that was taken back and drained again in between waits for its own time.
      if (group && target?.state === "draining" && target.since + group.deregistrationDelayMs <= at)
        ground.remove(group.targets, of);
    },
  },
};
