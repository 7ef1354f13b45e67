import { afterEach, expect, it } from "vitest";
import { measureClosed } from "../../src/engine/measure.ts";
import { take } from "../../src/engine/take.ts";
import { changed } from "../support/episodes.ts";
import {
  alarm,
  chatLatency,
  interruption,
  seedFleet,
  settingsOf,
  type Stack,
  stack,
  startMs,
} from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const phases = async () => (await s.world.incidents.recent(200)).map(({ phase }) => phase);
const outcomes = async () => {
  const ended = (await phases()).map((phase) => (phase.state === "closed" ? phase.outcome : phase.state));
  return Object.fromEntries(
    [...Map.groupBy(ended, (outcome) => outcome)].map(([outcome, all]) => [outcome, all.length]),
  );
};
/** Instances of no group: no share of a fleet is touched, only runs are counted. */
const loners = (count: number) =>
  Array.from({ length: count }, () => {
    const { id } = s.sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2a", spot: true });
    s.sim.seed.host({ cluster: "gpu", instance: id });
    return id;
  });

it("acts 30 times in ten minutes, and refuses the 31st and every further one; people are paged once", async () => {
  s = stack();
  s.sim.seed.cluster({ name: "gpu" });
  await measureClosed(s.world);
  s.clock.advance(1);
  for (const id of loners(34)) await take(s.world, interruption(id, startMs, id));
  await s.runTo({ minutes: 5 });

  expect(await outcomes()).toEqual({ healed: 30, refused: 4 });
  expect(await phases()).toContainEqual(
    expect.objectContaining({
      outcome: "refused",
      why: "limit: spot-interruption ran 30 times in 10 minutes, its limit",
    }),
  );
  expect(s.pages).toEqual([expect.stringMatching(/^refused: .+ its limit$/)]);
  expect(changed(s)).toHaveLength(30);
  expect((await measureClosed(s.world)).filter(({ name }) => name === "LimitsHit")).toHaveLength(4);
});

it("acts again when the ten minutes are over", async () => {
  s = stack();
  s.sim.seed.cluster({ name: "gpu" });
  const [last = "", ...first] = loners(31);
  for (const id of first) await take(s.world, interruption(id, startMs, id));
  await s.runTo({ minutes: 10 });
  await take(s.world, interruption(last, s.clock.now(), last));
  await s.runTo({ minutes: 15 });
  expect(await outcomes()).toEqual({ healed: 31 });
});

it("stops and pages when more than half of a fleet is hit at once", async () => {
  s = stack();
  const { group } = seedFleet(s, { size: 6, max: 12 });
  const hit = group.instances.slice(0, 5);
  for (const id of hit) s.sim.spot.interrupt(id);
  for (const id of hit) await take(s.world, interruption(id, startMs, id));
  await s.runTo({ minutes: 20 });

  expect(await outcomes()).toEqual({ healed: 3, refused: 2 });
  expect(await phases()).toContainEqual(
    expect.objectContaining({ why: "limit: 4 of 6 in group/gpu-workers would be touched, more than 50 %" }),
  );
  expect(s.pages).toHaveLength(1);
  expect(changed(s).filter((operation) => operation === "UpdateContainerInstancesState")).toHaveLength(3);
  // Three at once, and the group is no larger for it.
  expect(s.sim.world.groups[group.name]?.desired).toBe(6);
});

it("leaves a group at its size when a second instance is hit while the first is being replaced", async () => {
  const launched: string[] = [];
  const detached: string[] = [];
  s = stack({
    onTouch: ({ what, when, execution }) => {
      if (what === "aws.handle LaunchInstances" && when === "after") launched.push(execution);
      if (what !== "aws.handle DetachInstances") return undefined;
      if (when === "after") detached.push(execution);
      // The second launches before the first detaches, and the first detaches before the second does.
      const isFirst = execution === launched[0];
      return when === "before" && (isFirst ? launched.length < 2 : detached.length < 1) ? "crash" : undefined;
    },
  });
  const { group } = seedFleet(s, { size: 6, max: 12 });
  for (const [index, id] of group.instances.slice(0, 2).entries()) {
    await s.runTo({ seconds: index });
    await take(s.world, interruption(id, s.clock.now(), id));
  }
  await s.runTo({ minutes: 20 });
  expect(await outcomes()).toEqual({ healed: 2 });
  expect(s.sim.world.groups[group.name]?.desired).toBe(6);
  expect(Object.keys(s.sim.world.groups[group.name]?.members ?? {})).toHaveLength(6);
});

it("helps a fleet of one", async () => {
  s = stack();
  const { doomed } = seedFleet(s, { size: 1 });
  s.sim.spot.interrupt(doomed);
  await take(s.world, interruption(doomed, startMs));
  await s.runTo({ minutes: 20 });
  expect(await outcomes()).toEqual({ healed: 1 });
});

it("works on one target once at a time, and refuses the second, naming the first", async () => {
  s = stack({ settings: settingsOf({ autonomy: { degrade: "auto" } }) });
  chatLatency(s, [{ minutes: -5 }, 2_400], [{ minutes: 2 }, 800]);
  await s.world.ledger.lock(["service/chat"], "abcdef012345-7", startMs + 3_600_000);
  await take(s.world, alarm(startMs));
  await s.runTo({ minutes: 1 });
  expect(await phases()).toEqual([
    expect.objectContaining({ outcome: "refused", why: "service/chat is being remediated by incident abcdef012345-7" }),
  ]);
  // The lock is still the first one's.
  expect(await s.world.ledger.lock(["service/chat"], "third", s.clock.now() + 1)).toMatchObject({ granted: false });
  expect(s.pages).toEqual([]);
  expect(changed(s)).toEqual([]);
});

it("counts a refusal by a limit against nothing behind it", async () => {
  s = stack();
  const { doomed, group } = seedFleet(s);
  const limit = { runs: 30, within: { minutes: 10 } };
  for (let i = 0; i < 30; i++) await s.world.ledger.countRun("spot-interruption", limit, `other-${i}`);
  await take(s.world, interruption(doomed, startMs));
  await s.runTo({ minutes: 5 });
  expect(await outcomes()).toEqual({ refused: 1 });
  expect(await s.world.table.get({ pk: `limit#group/${group.name}`, sk: "touched" })).toBeUndefined();
  expect(await s.world.table.get({ pk: `lock#instance/${doomed}`, sk: "lock" })).toBeUndefined();
  expect(s.asked).toEqual([]);
});
