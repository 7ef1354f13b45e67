import { afterEach, describe, expect, it } from "vitest";
import { onSchedule } from "../../src/engine/schedule.ts";
import type { SettingsInput } from "../../src/settings.ts";
import { chat, settingsOf } from "../support/settings.ts";
import { type Stack, stack, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());
/** The round of every minute. */
const minute = () => onSchedule(s.world, { account: "123456789012", region: "us-east-2" });

const dayMs = 86_400_000;
const demand = { namespace: "AWS/ApplicationELB", name: "RequestCount", dimensions: { LoadBalancer: "app/chat" } };
const ahead = {
  workers: { kind: "group", group: "web" },
  demand,
  perWorker: 100,
  floorMax: 8,
  leadMinutes: 20,
} satisfies NonNullable<SettingsInput["services"][number]["ahead"]>;
const settings = (autonomy: SettingsInput["autonomy"] = { "scale-ahead": "auto" }) =>
  settingsOf({
    autonomy,
    services: [{ ...chat, ahead }],
  });

/** Every day from 03:20 to 05:20 six hundred requests in ten minutes, and a hundred else; `days` of it are known. */
function seedDemand({ sim }: Stack, { days = 7, max = 4, policies = [] as string[] } = {}) {
  const samples = Array.from({ length: days * 144 }, (_, index): [number, number] => {
    const at = startMs - (days * 144 - index) * 600_000;
    const minute = ((((at - startMs) % dayMs) + dayMs) % dayMs) / 60_000;
    return [at, (minute >= 20 && minute < 140 ? 600 : 100) + Math.sin(index) * 3];
  });
  sim.seed.metric({ ...demand, samples });
  sim.seed.group({
    name: "web",
    zones: ["us-east-2a"],
    type: "c6i.large",
    size: 2,
    min: 1,
    max,
    spot: false,
    policies,
  });
  return () => sim.world.groups["web"];
}

async function end(hours = 6) {
  await s.runTo({ hours });
  const [incident] = await s.world.incidents.recent(1);
  if (!incident) throw new Error("no incident was opened");
  return { ...incident, story: (await s.world.stories.read(incident.id)).map(({ text }) => text) };
}

describe("a rise that comes every day", () => {
  it("finds workers ready, who are given back after it", async () => {
    s = stack({ settings: settings() });
    const group = seedDemand(s);
    expect(await minute()).toMatchObject([{ what: "rise-ahead", service: "chat", at: startMs }]);

    await s.runTo({ minutes: 10 });
    expect(group()).toMatchObject({ min: 7, max: 7, desired: 7 });
    expect(Object.values(group()?.members ?? {}).filter(({ lifecycle }) => lifecycle === "InService")).toHaveLength(7);

    const { phase, story } = await end();
    expect(phase).toMatchObject({ outcome: "healed", at: expect.any(Number) });
    expect(group()).toMatchObject({ min: 1, max: 4, desired: 2 });
    expect(story).toContain("chat: more than 2 workers take is expected within 20 min, up to 7.");
    expect(s.pages).toEqual([]);
  });

  it("leaves the size to the group's own policy when the floor comes down", async () => {
    s = stack({ settings: settings() });
    const group = seedDemand(s, { policies: ["load"] });
    await minute();
    expect((await end()).phase).toMatchObject({ outcome: "healed" });
    expect(group()).toMatchObject({ min: 1, max: 4, desired: 4 });
  });

  it("is one incident however often the schedule finds it, and none when nothing is coming", async () => {
    s = stack({ settings: settings() });
    seedDemand(s);
    await minute();
    await s.runTo({ minutes: 1 });
    await minute();
    expect(await s.world.incidents.recent(9)).toHaveLength(1);

    s.clock.advance(4 * 60_000);
    expect(await minute(), "five minutes past, nothing is looked at").toEqual([]);
  });

  it("makes no noise where it cannot be foretold or enough are there", async () => {
    s = stack({ settings: settings() });
    seedDemand(s, { days: 3 });
    expect(await minute()).toEqual([]);
    s.close();

    s = stack({ settings: settings() });
    seedDemand(s, { max: 20 });
    await s.sim.call("autoscaling", "UpdateAutoScalingGroup", { AutoScalingGroupName: "web", MinSize: 10 });
    expect(await minute()).toEqual([]);
    expect(await s.world.incidents.recent(9)).toEqual([]);
  });

  it("is not looked at while nothing may be changed, and one service keeps no other from being looked at", async () => {
    const other = {
      ...chat,
      name: "other",
      ahead: { ...ahead, workers: { kind: "ecs" as const, cluster: "apps", service: "x" } },
    };
    s = stack({ settings: settingsOf({ autonomy: {}, services: [other, { ...chat, ahead }] }) });
    seedDemand(s);
    s.sim.seed.parameter({ name: "/paramedic/halt", value: "stop" });
    expect(await minute()).toEqual([]);
    await s.sim.call("ssm", "DeleteParameter", { Name: "/paramedic/halt" });

    s.sim.faults.add({ service: "ecs", operation: "DescribeServices", kind: "denied" });
    await expect(minute()).rejects.toThrow("looking by schedule: 1 could not be looked at");
    expect(await s.world.incidents.recent(9)).toMatchObject([{ root: "group/web" }]);
  });

  it("gives everything back when the workers do not come, and people are paged", async () => {
    s = stack({ settings: settings() });
    const group = seedDemand(s);
    s.sim.seed.pool({ type: "c6i.large", zone: "us-east-2a", count: 3 });
    await minute();
    expect((await end()).phase).toMatchObject({
      outcome: "undone",
      why: "they are there: not within 40 min; 3 of 7 are there",
    });
    expect(group()).toMatchObject({ min: 1, max: 4, desired: 2 });
    expect(s.pages).toHaveLength(1);
  });

  it("is nothing to do any more when people approve it and the workers are gone, or enough", async () => {
    s = stack({
      settings: settings({ "scale-ahead": "approve" }),
      people: () => ({ verdict: "approved", after: { minutes: 5 } }),
    });
    seedDemand(s, { max: 20 });
    await minute();
    await s.runTo({ minutes: 2 });
    await s.sim.call("autoscaling", "SetDesiredCapacity", { AutoScalingGroupName: "web", DesiredCapacity: 9 });
    expect((await end()).phase).toMatchObject({
      outcome: "skipped",
      why: "approved, but by now chat: 9 workers will do for the next 20 min",
    });
  });
});
