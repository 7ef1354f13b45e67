import { afterEach, expect, it } from "vitest";
import { take } from "../../src/engine/take.ts";
import { interruption, seedFleet, settingsOf, type Stack, stack, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const event = (source: string, type: string, detail: object, id: string) => ({
  version: "0",
  id,
  source,
  "detail-type": type,
  account: "123456789012",
  time: new Date(s.clock.now()).toISOString(),
  region: "us-east-2",
  resources: [],
  detail,
});
const story = async () => {
  const [incident] = await s.world.incidents.recent(1);
  return (await s.world.stories.read(incident?.id ?? "")).map(({ text }) => text);
};
const hostOf = (instance: string) =>
  Object.values(s.sim.world.hosts).find(({ instanceId }) => instanceId === instance)?.arn ?? "";

it("what ECS, Auto Scaling and EC2 say of an instance that is taken back is one incident with one thread", async () => {
  s = stack();
  const { doomed } = seedFleet(s);
  const containerInstanceArn = hostOf(doomed);
  await take(s.world, interruption(doomed, startMs));
  await s.runTo({ seconds: 20 });

  const stopped = (n: number) => ({
    taskArn: `arn:aws:ecs:us-east-2:123456789012:task/gpu/${n}`,
    clusterArn: "arn:aws:ecs:us-east-2:123456789012:cluster/gpu",
    containerInstanceArn,
    lastStatus: "STOPPED",
    desiredStatus: "STOPPED",
    stopCode: "TerminationNotice",
    version: 5,
    containers: [],
  });
  for (let n = 1; n <= 3; n++) await take(s.world, event("aws.ecs", "ECS Task State Change", stopped(n), `t-${n}`));
  await take(s.world, event("aws.ec2", "EC2 Instance Rebalance Recommendation", { "instance-id": doomed }, "r-1"));
  await s.runTo({ minutes: 10 });

  const incidents = await s.world.incidents.recent(10);
  expect(incidents).toHaveLength(1);
  expect(incidents[0]).toMatchObject({ seen: 5, phase: { outcome: "healed" } });
  const told = (await story()).filter((text) => text.startsWith("Part of the same"));
  expect(told).toEqual([
    "Part of the same: task 1 is STOPPED.",
    `Part of the same: EC2 expects to take spot instance ${doomed} back.`,
  ]);
});

it("what happens to another instance is not part of it", async () => {
  s = stack();
  const { doomed, group } = seedFleet(s);
  await take(s.world, interruption(doomed, startMs));
  await s.runTo({ seconds: 20 });
  const other = group.instances[1] ?? "";
  const taken = await take(
    s.world,
    event("aws.ec2", "EC2 Instance Rebalance Recommendation", { "instance-id": other }, "r-1"),
  );
  expect(taken.received).toEqual([{ kind: "not-ours", why: "no runbook answers to rebalance" }]);
  await s.runTo({ minutes: 10 });
});

it("what happens long after the incident was closed is not part of it", async () => {
  s = stack();
  const { doomed } = seedFleet(s);
  await take(s.world, interruption(doomed, startMs));
  await s.runTo({ hours: 1 });
  const taken = await take(
    s.world,
    event("aws.ec2", "EC2 Instance Rebalance Recommendation", { "instance-id": doomed }, "r-1"),
  );
  expect(taken.received).toMatchObject([{ kind: "not-ours" }]);
});

it("an instance that is taken back, and what ECS, Auto Scaling and Batch lose with it, is one thread and one budget", async () => {
  s = stack({
    hears: ({ "detail-type": type }) => (type.startsWith("Batch") ? [0] : []),
    settings: settingsOf({
      autonomy: { "spot-interruption": "auto", "retry-job": "auto" },
      // A second incident would be a storm.
      limits: { stormIncidents: 1 },
    }),
  });
  const { doomed } = seedFleet(s);
  s.sim.seed.jobQueue({ name: "spot", spot: true });
  s.sim.seed.jobDefinition({ name: "embed", takes: { hours: 1 } });
  const { id: job } = s.sim.seed.job({ name: "embed-1", queue: "spot", definition: "embed" });
  await s.runTo({ minutes: 10 });
  Object.assign(s.sim.world.jobs[job] ?? {}, { instance: doomed });
  await take(s.world, event("aws.ec2", "EC2 Instance Rebalance Recommendation", { "instance-id": doomed }, "r-1"));
  s.sim.spot.interrupt(doomed);
  await take(s.world, interruption(doomed, s.clock.now()));
  await s.runTo({ hours: 2 });

  const [first, part, ...others] = (await s.world.incidents.recent(10)).reverse();
  expect(first).toMatchObject({ runbook: "spot-interruption", phase: { outcome: "healed" } });
  expect(part).toMatchObject({ runbook: "retry-job", partOf: first?.id, phase: { outcome: "healed" } });
  expect(others).toEqual([]);
  expect(s.pages).toEqual([]);
  const thread = (await s.world.stories.read(first?.id ?? "")).map(({ text }) => text);
  expect(thread.filter((text) => /^Part of the same, .*embed-1.*: healed/.test(text))).toHaveLength(1);
});
