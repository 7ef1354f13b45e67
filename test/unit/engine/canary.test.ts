import { expect, it } from "vitest";
import type { Point, SampleBus } from "../../../src/aws/sample-bus.ts";
import { haltParameter } from "../../../src/aws/switches.ts";
import { canary, landedKey } from "../../../src/engine/canary.ts";
import { measureClosed } from "../../../src/engine/measure.ts";
import { take } from "../../../src/engine/take.ts";
import { interruption, stack, type Stack, startMs } from "../../support/stack.ts";

const from = { account: "123456789012", region: "us-east-2" };

/** A bus whose rule leads to intake; or, when it is cut, nowhere. */
function busOf({ world }: Stack, isCut = { now: false }): SampleBus & { sent: number } {
  const bus = {
    sent: 0,
    async send(points: readonly Point[]) {
      bus.sent += points.length;
      const event = { id: `canary-${bus.sent}`, source: "paramedic.client", "detail-type": "Paramedic Metric Sample" };
      const time = new Date(world.clock.now()).toISOString();
      if (!isCut.now) await take(world, { ...event, ...from, time, detail: { namespace: "Paramedic", points } });
      return [];
    },
  };
  return bus;
}

/** Rounds of every minute, and what each said of the canary. */
async function rounds(of: Stack, bus: SampleBus, minutes: number, asked = "CanaryArrived"): Promise<number[]> {
  const said: number[] = [];
  for (let i = 0; i < minutes; i++) {
    const measured = await canary(of.world, from, bus);
    said.push(measured.find(({ name }) => name === asked)?.value ?? -1);
    await of.runTo({ minutes: Math.round((of.clock.now() - startMs) / 60_000) + 1 });
  }
  return said;
}

it("the canary arrives with its second round, is sent every fifth minute, and opens no incident", async () => {
  const story = stack();
  const bus = busOf(story);

  expect(await rounds(story, bus, 60)).toEqual([0, ...Array<number>(59).fill(1)]);
  expect(bus.sent).toBe(12);
  expect(await story.world.incidents.recent(10)).toEqual([]);
  story.close();
});

it("the canary falls silent when samples do not get through, and sings again when they do", async () => {
  const story = stack();
  const isCut = { now: false };
  const bus = busOf(story, isCut);
  await rounds(story, bus, 10);
  isCut.now = true;
  const cut = await rounds(story, bus, 20);
  isCut.now = false;
  const mended = await rounds(story, bus, 3);

  expect(cut.slice(11)).toEqual(Array<number>(9).fill(0));
  expect(mended).toEqual([0, 1, 1]);
  story.close();
});

it("the canary lands: its execution sleeps, wakes and passes the gate, once for each", async () => {
  const story = stack();
  const bus = busOf(story);

  expect(await rounds(story, bus, 30, "CanaryLanded")).toEqual([0, ...Array<number>(29).fill(1)]);
  expect(story.service.list()).toHaveLength(bus.sent);
  expect((await story.world.table.get(landedKey))?.body).toMatchObject({ heeded: true, end: "acted" });
  story.close();
});

it("the canary does nothing while people have halted everything, and that is as it should be", async () => {
  const story = stack();
  story.sim.seed.parameter({ name: haltParameter, value: JSON.stringify({ by: "Sam", why: "release" }) });

  expect(await rounds(story, busOf(story), 20, "CanaryLanded")).toEqual([0, ...Array<number>(19).fill(1)]);
  expect((await story.world.table.get(landedKey))?.body).toMatchObject({ heeded: true, end: "held" });
  story.close();
});

it("the canary is missed when executions do not run, and when one has not heeded a halt", async () => {
  const story = stack();
  const dead = { ...story.world, executions: { start: () => Promise.resolve(), wake: () => Promise.resolve() } };
  expect(await rounds({ ...story, world: dead }, busOf({ ...story, world: dead }), 20, "CanaryLanded")).toEqual(
    Array<number>(20).fill(0),
  );
  await story.world.table.create({
    ...landedKey,
    body: { sentAt: story.clock.now(), heeded: false, end: "acted" },
  });

  expect(await canary(story.world, from, busOf(story))).toContainEqual({ name: "CanaryLanded", value: 0 });
  story.close();
});

it("the canary says when the stop switch cannot be read", async () => {
  const story = stack();
  const bus = busOf(story);
  expect(await canary(story.world, from, bus)).toContainEqual({ name: "HaltUnreadable", value: 0 });
  story.sim.faults.add({ service: "ssm", operation: "GetParameter", kind: "denied" });

  expect(await canary(story.world, from, bus)).toContainEqual({ name: "HaltUnreadable", value: 1 });
  story.close();
});

it("what was closed since the last round is measured once: how quick, how it ended, what was done", async () => {
  const story = stack();
  const { instances } = story.sim.seed.group({
    name: "gpu",
    zones: ["us-east-2a", "us-east-2b"],
    type: "g5.xlarge",
    size: 4,
    max: 8,
    spot: true,
    cluster: "gpu",
  });
  expect(await measureClosed(story.world)).toEqual([]);
  story.clock.advance(60_000);
  await take(story.world, interruption(instances[0] ?? "", story.clock.now() - 5_000));
  await story.runTo({ minutes: 30 });

  const measured = await measureClosed(story.world);
  const of = (name: string) => measured.filter((one) => one.name === name);
  expect(of("Incidents")).toEqual([{ name: "Incidents", value: 1, by: { Outcome: "healed" } }]);
  expect(of("NoticeToAction").map(({ value }) => value)).toEqual([5_000]);
  expect(of("TimeToRecover")).toHaveLength(1);
  expect(of("Actions").filter(({ by }) => by?.State === "done").length).toBeGreaterThan(1);
  expect(await measureClosed(story.world)).toEqual([]);
  story.close();
});
