import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { afterEach, beforeEach, expect, it } from "vitest";
import { rulesOf } from "../../../infra/rules.ts";
import { matchesPattern } from "../../../sim/event-pattern.ts";
import { eventBridgeFacts, type Fact } from "../../../src/aws/fact-bus.ts";
import { tellFacts } from "../../../src/engine/facts.ts";
import { take } from "../../../src/engine/take.ts";
import { interruption, type Stack, stack } from "../../support/stack.ts";

let s: Stack;
let told: Fact[];
const bus = {
  tell: (facts: readonly Fact[]) => {
    told.push(...facts);
    return Promise.resolve();
  },
};
beforeEach(() => {
  s = stack();
  told = [];
});
afterEach(() => s.close());

/** An instance with nothing on it but itself is taken back. */
async function interrupted(): Promise<void> {
  const { id } = s.sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2a", spot: true });
  s.sim.seed.cluster({ name: "gpu" });
  s.sim.seed.host({ cluster: "gpu", instance: id });
  await take(s.world, interruption(id, s.clock.now()));
}
const minuteLater = () => s.clock.advance(60_000);

it("the bus is told of an incident when it is opened, acted on and closed, once for each", async () => {
  await tellFacts(s.world, bus);
  minuteLater();
  await interrupted();
  minuteLater();
  await tellFacts(s.world, bus);
  await s.runTo({ minutes: 10 });
  await tellFacts(s.world, bus);
  minuteLater();
  await tellFacts(s.world, bus);

  const [incident] = await s.world.incidents.recent(1);
  expect(told.map(({ type }) => type)).toEqual(
    ["Opened", "Acting", "Closed"].map((what) => `Paramedic Incident ${what}`),
  );
  expect(told.map(({ detail }) => detail)).toMatchObject([
    { incident: incident?.id, runbook: "spot-interruption", root: incident?.root, title: incident?.title },
    { incident: incident?.id, at: incident?.firstActionAt, planned: [expect.stringMatching(/^drain /)] },
    { incident: incident?.id, outcome: "healed", acted: true, planned: [expect.stringMatching(/^drain /)] },
  ]);
});

it("what a bus did not take is told by the next round, and no round fails for it", async () => {
  await tellFacts(s.world, bus);
  minuteLater();
  await interrupted();
  minuteLater();

  await tellFacts(s.world, { tell: () => Promise.reject(new Error("throttled")) });
  expect(told).toEqual([]);
  minuteLater();
  await tellFacts(s.world, bus);

  expect(told.map(({ type }) => type)).toEqual(["Paramedic Incident Opened"]);
});

it("what a bus has not taken for an hour is let go", async () => {
  await tellFacts(s.world, bus);
  minuteLater();
  await interrupted();
  s.clock.advance(62 * 60_000);

  await tellFacts(s.world, bus);

  expect(told).toEqual([]);
});

it("an installation that has just begun tells nothing of what was before", async () => {
  await interrupted();
  await s.runTo({ minutes: 10 });

  await tellFacts(s.world, bus);

  expect(told).toEqual([]);
});

it("facts are on the bus as events of their own, ten at a time, and lead to no function of the bot", async () => {
  const client = s.sim.attach(new EventBridgeClient({ region: "us-east-2" }));
  const facts = Array.from({ length: 23 }, (_, i) => ({
    type: "Paramedic Incident Opened",
    detail: { incident: `a-${i}` },
  }));

  await eventBridgeFacts(client, "paramedic", "paramedic").tell(facts);

  const events = s.sim.world.events.map(({ source, detailType, detail }) => ({
    source,
    "detail-type": detailType,
    detail,
  }));
  expect(events).toHaveLength(23);
  expect(events[22]).toEqual({
    source: "paramedic",
    "detail-type": "Paramedic Incident Opened",
    detail: { incident: "a-22" },
  });
  const patterns = Object.values(rulesOf({ stage: "test" })).flatMap(({ when }) =>
    "EventPattern" in when ? [when.EventPattern] : [],
  );
  expect(patterns.filter((pattern) => events.some((event) => matchesPattern(pattern, event)))).toEqual([]);
});
