import { SimError } from "../error.ts";
import type { Behaviour, Ground } from "../ground.ts";
import type { Group, Instance } from "../world.ts";
import { launch, terminate } from "./ec2.ts";
import { deregisterTarget, registerTarget } from "./elbv2.ts";

export const invalid = (message: string): SimError => new SimError("ValidationError", message);

export function knownGroup(ground: Ground, name: string): Group {
  const group = ground.world.groups[name];
  if (!group) throw invalid(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
  return group;
}

export const groupArn = (ground: Ground, { name }: Group): string =>
  ground.arn("autoscaling", `autoScalingGroup:00000000-0000-4000-8000-000000000000:autoScalingGroupName/${name}`);

export const subnetOf = (zone: string): string => `subnet-${zone}`;

/** The group an instance belongs to, if any. */
export const groupOf = (ground: Ground, instanceId: string): Group | undefined =>
  Object.values(ground.world.groups).find(({ members }) => instanceId in members);

/** What counts against desired capacity: neither what is ending nor what is being replaced. */
const counting = ({ members }: Group): string[] =>
  Object.entries(members).flatMap(([id, { lifecycle, leaving }]) =>
    lifecycle === "Terminating" || leaving ? [] : [id],
  );

/** Launches one instance in a zone, preferred type first. `undefined`: every pool of the group in that zone is dry. */
export function launchMember(ground: Ground, group: Group, zone: string): Instance | undefined {
  const tags = { ...group.tags, "aws:autoscaling:groupName": group.name };
  for (const type of group.types) {
    const instance = launch(ground, { type, zone, spot: group.spot, tags });
    if (!instance) continue;
    ground.add(group.members, instance.id, { lifecycle: "Pending", health: "Healthy", leaving: false });
    return instance;
  }
  return undefined;
}

/** Takes an instance out of the group and out of its target groups. The instance itself goes on. */
export function removeMember(ground: Ground, group: Group, instanceId: string): void {
  for (const arn of group.targetGroupArns) deregisterTarget(ground, arn, instanceId);
  ground.remove(group.members, instanceId);
}

/** A member that runs is in service: it takes traffic from now on. */
export function enterService(ground: Ground, group: Group, instanceId: string): void {
  const member = group.members[instanceId];
  if (!member) return;
  ground.change(member, { lifecycle: "InService" });
  for (const arn of group.targetGroupArns) registerTarget(ground, arn, instanceId);
}

export function terminateMember(ground: Ground, group: Group, instanceId: string): void {
  const member = group.members[instanceId];
  const instance = ground.world.instances[instanceId];
  if (!member) return;
  for (const arn of group.targetGroupArns) deregisterTarget(ground, arn, instanceId);
  ground.change(member, { lifecycle: "Terminating" });
  if (instance) terminate(ground, instance, "Client.UserInitiatedShutdown");
  else ground.remove(group.members, instanceId);
}

/** AWS remembers the activities of six weeks; this many launches are enough to learn from. */
const launchesKept = 50;

/** Scaling activities start a second or two after what asked for them. */
export const lookSoon = (ground: Ground, group: Group): void =>
  ground.soon(ground.between(1, 3), "group-looks", group.name);

function say(
  ground: Ground,
  group: Group,
  what: string,
  status: "InProgress" | "Failed",
  about: { instanceId?: string; zone?: string; why?: string },
): void {
  const { instanceId, zone, why = "" } = about;
  const time = new Date(ground.now()).toISOString();
  ground.emit({
    source: "aws.autoscaling",
    detailType: `EC2 Instance ${what}`,
    resources: [groupArn(ground, group), ...(instanceId ? [ground.arn("ec2", `instance/${instanceId}`)] : [])],
    detail: {
      StatusCode: status,
      AutoScalingGroupName: group.name,
      ActivityId: ground.uuid(),
      Details: zone ? { "Availability Zone": zone, "Subnet ID": subnetOf(zone) } : {},
      RequestId: ground.uuid(),
      StatusMessage: why,
      StartTime: time,
      EndTime: time,
      ...(instanceId ? { EC2InstanceId: instanceId } : {}),
      Cause: `At ${time} the group compared ${group.desired} desired with what it has.`,
    },
  });
}

const zoneOf = (ground: Ground, id: string): string => ground.world.instances[id]?.zone ?? "";

/** Launches or terminates until the group has what it wants, evenly over its zones; a dry zone is passed over. */
function look(ground: Ground, group: Group): void {
  const members = counting(group);
  const population = (zone: string): number => members.filter((id) => zoneOf(ground, id) === zone).length;
  const dry = new Set<string>();
  while (members.length < group.desired && dry.size < group.zones.length && !group.suspended.includes("Launch")) {
    const [zone] = group.zones.filter((one) => !dry.has(one)).sort((a, b) => population(a) - population(b));
    if (!zone) break;
    const instance = launchMember(ground, group, zone);
    if (instance) {
      members.push(instance.id);
    } else {
      dry.add(zone);
      const why = `Could not launch ${group.spot ? "Spot" : "On-Demand"} Instances. InsufficientInstanceCapacity - There is no capacity available that matches your request.`;
      say(ground, group, "Launch Unsuccessful", "Failed", { zone, why });
    }
  }
  // The group tries again by itself; once a minute is our choice, AWS backs off further.
  if (members.length < group.desired) ground.soon(60_000, "group-looks", group.name);
  while (members.length > group.desired) {
    const [id] = members.toSorted((a, b) => population(zoneOf(ground, b)) - population(zoneOf(ground, a)));
    if (id === undefined) break;
    members.splice(members.indexOf(id), 1);
    terminateMember(ground, group, id);
  }
}

/** With capacity rebalancing on, AWS launches the replacement at once and ends the old instance when the new one serves. */
function rebalance(ground: Ground, instanceId: string): void {
  const group = groupOf(ground, instanceId);
  const member = group?.members[instanceId];
  if (!group?.capacityRebalance || !member) return;
  ground.change(member, { leaving: true });
  lookSoon(ground, group);
}

/** What an Auto Scaling group does by itself. */
export const groupBehaviour: Behaviour = {
  due: {
    "group-looks": (ground, { of }) => {
      const group = ground.world.groups[of];
      if (group) look(ground, group);
    },
    "group-notices-death": (ground, { of, within = "" }) => {
      const group = ground.world.groups[within];
      if (!group?.members[of]) return;
      say(ground, group, "Terminate Successful", "InProgress", { instanceId: of, zone: zoneOf(ground, of) });
      removeMember(ground, group, of);
      lookSoon(ground, group);
    },
  },
  hears: {
    "instance-running": (ground, id) => {
      const group = groupOf(ground, id);
      if (!group) return;
      enterService(ground, group, id);
      const startedAt = ground.world.instances[id]?.launchedAt ?? ground.now();
      ground.append(group.launches, [{ instanceId: id, startedAt, endedAt: ground.now() }], launchesKept);
      say(ground, group, "Launch Successful", "InProgress", { instanceId: id, zone: zoneOf(ground, id) });
      const [replaced] = Object.entries(group.members).filter(
        ([, { leaving, lifecycle }]) => leaving && lifecycle !== "Terminating",
      );
      if (replaced) terminateMember(ground, group, replaced[0]);
    },
    "instance-gone": (ground, id) => {
      const group = groupOf(ground, id);
      const member = group?.members[id];
      if (!group || !member) return;
      if (member.lifecycle === "Terminating") {
        say(ground, group, "Terminate Successful", "InProgress", { instanceId: id, zone: zoneOf(ground, id) });
        removeMember(ground, group, id);
        lookSoon(ground, group);
      } else {
        // Nobody told the group: it finds out at its next health check.
        const seconds = group.healthCheckMs / 1000;
        ground.later(ground.between(seconds * 0.75, seconds * 1.25), "group-notices-death", id, group.name);
      }
    },
    "interruption-noticed": rebalance,
    "rebalance-recommended": rebalance,
  },
};
