import { afterEach, expect, it } from "vitest";
import { z } from "zod";
import { setLevel } from "../../src/actions/set-level.ts";
import { take } from "../../src/engine/take.ts";
import { defineAction } from "../../src/runbook/action.ts";
import { defineRunbook } from "../../src/runbook/runbook.ts";
import { latencyHigh } from "../../src/runbook/triggers/latency.ts";
import type { SettingsInput } from "../../src/settings.ts";
import { changed } from "../support/episodes.ts";
import { alarm, interruption, settingsOf, type Stack, stack, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const limited = (limits: NonNullable<SettingsInput["limits"]>) =>
  settingsOf({ autonomy: { "spot-interruption": "auto", degrade: "auto" }, limits });
const loners = (count: number) =>
  Array.from({ length: count }, () => {
    const { id } = s.sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2a", spot: true });
    s.sim.seed.host({ cluster: "gpu", instance: id });
    return id;
  });
const ends = async () =>
  (await s.world.incidents.recent(200)).map(({ phase }) =>
    phase.state === "closed" ? `${phase.outcome}: ${phase.why}` : phase.state,
  );
const interruptAll = async (instances: readonly string[]) => {
  for (const id of instances) await take(s.world, interruption(id, s.clock.now(), id));
};

it("so many changes an hour are made by all runbooks together, and not one more; people are paged once", async () => {
  s = stack({ settings: limited({ changesPerHour: 3 }) });
  s.sim.seed.cluster({ name: "gpu" });
  await interruptAll(loners(5));
  await s.runTo({ minutes: 5 });
  expect(changed(s)).toHaveLength(3);
  expect((await ends()).filter((end) => end.startsWith("refused"))).toEqual(
    Array(2).fill("refused: limit: 3 changes within an hour by all runbooks, and 1 more would be over 3"),
  );
  expect(s.pages).toHaveLength(1);

  await s.runTo({ minutes: 61 });
  await interruptAll(loners(1));
  await s.runTo({ minutes: 65 });
  expect(changed(s)).toHaveLength(4);
});

it("in a storm nothing is changed, people are paged once, and it is over when ten minutes were calm", async () => {
  s = stack({ settings: limited({ stormIncidents: 4 }) });
  s.sim.seed.cluster({ name: "gpu" });
  await interruptAll(loners(4));
  await s.runTo({ minutes: 1 });
  expect(changed(s)).toHaveLength(4);
  await interruptAll(loners(3));
  await s.runTo({ minutes: 2 });
  expect(changed(s)).toHaveLength(4);
  expect(await ends()).toContainEqual(
    "refused: limit: storm: 5 incidents within ten minutes; nothing is changed before 03:11 UTC",
  );
  expect(s.pages).toEqual([expect.stringContaining("storm")]);

  await s.runTo({ minutes: 20 });
  await interruptAll(loners(1));
  await s.runTo({ minutes: 25 });
  expect(changed(s)).toHaveLength(5);
});

/** As `setLevel`, at a price. */
const dear = (usdPerHour: number | undefined) =>
  defineAction({ ...setLevel.definition, id: "test.dear", costs: () => usdPerHour });
const spender = (id: string, usdPerHour: number | undefined) => {
  const action = dear(usdPerHour);
  return defineRunbook({
    id,
    summary: "Spends",
    on: [latencyHigh],
    lane: "slow",
    uses: [action],
    limit: { runs: 10, within: { hours: 1 } },
    plan: ({ signal: { service } }) =>
      Promise.resolve([action({ service, level: "limited", reason: "slow", lease: { minutes: 30 } })]),
  });
};
const twoServices = (usdPerHour: number) =>
  settingsOf({
    services: ["chat", "search"].map((name) => ({
      name,
      latency: { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: name } },
      latencyMs: { normal: 750, high: 1_500 },
      alarms: [`${name}-latency-high`],
    })),
    autonomy: { spender: "auto" },
    limits: { usdPerHour },
  });
const named = z.object({ detail: z.object({}).loose() }).loose();
const alarmOf = (service: string) => {
  const read = named.parse(alarm(s.clock.now(), `a-${service}-${s.clock.now()}`));
  return { ...read, detail: { ...read.detail, alarmName: `${service}-latency-high` } };
};

it("what stands may add so many dollars an hour to the bill; given back, it is free for others", async () => {
  s = stack({ settings: twoServices(5), runbooks: [spender("spender", 3)] });
  await take(s.world, alarmOf("chat"));
  await s.runTo({ minutes: 1 });
  await take(s.world, alarmOf("search"));
  await s.runTo({ minutes: 2 });
  expect(await ends()).toEqual([
    "refused: limit: $3.00 an hour stand already, and $3.00 more would be over $5.00",
    "holding",
  ]);
  await s.runTo({ minutes: 40 });
  await take(s.world, alarmOf("search"));
  await s.runTo({ minutes: 41 });
  expect((await ends())[0]).toBe("holding");
  await s.runTo({ hours: 2 });
});

it("a price that nobody knows is said to be unknown, and counts as nothing", async () => {
  s = stack({ settings: twoServices(0), runbooks: [spender("spender", undefined)] });
  await take(s.world, alarmOf("chat"));
  await s.runTo({ minutes: 1 });
  const [incident] = await s.world.incidents.recent(1);
  expect(incident?.plan?.steps[0]).toMatchObject({ usdPerHour: null });
  expect(incident?.phase.state).toBe("holding");
  await s.runTo({ hours: 1 });
});

it("an action that would come too late is left, and the incident is closed as expired", async () => {
  s = stack({ settings: limited({}) });
  s.sim.seed.cluster({ name: "gpu" });
  const [doomed = ""] = loners(1);
  s.sim.faults.add({ service: "ecs", operation: "UpdateContainerInstancesState", kind: "throttle", times: 2 });
  await take(s.world, interruption(doomed, startMs - 117_500));
  await s.runTo({ minutes: 10 });
  expect(await ends()).toEqual([`expired: "drain ${doomed}" would come too late`]);
  expect(changed(s)).toEqual([]);
});
