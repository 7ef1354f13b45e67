import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { take } from "../../src/engine/take.ts";
import { changed, degradeEpisode, promisesKept, spotEpisode } from "../support/episodes.ts";
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
import { givenDynamo, givenMemory } from "../support/tables.ts";

/** EC2 may say first that an instance is at risk: the companion of a warning, and no reason of its own to act. */
const rebalance = (instanceId: string, id = "r-1") => ({
  ...interruption(instanceId, startMs, id),
  "detail-type": "EC2 Instance Rebalance Recommendation",
  detail: { "instance-id": instanceId },
});
const recovered = (id = "ok-1") => {
  const { detail, ...event } = alarm(startMs + 1_000, id);
  return { ...event, detail: { ...detail, state: { ...detail.state, value: "OK" }, previousState: detail.state } };
};

const settings = settingsOf({ autonomy: { "spot-interruption": "auto", degrade: "auto" } });

/** One episode of each runbook is told by `deliveries` of the same events; everything ends, and is looked at. */
async function told(s: Stack, deliver: (doomed: string) => Promise<void>): Promise<void> {
  chatLatency(s, [{ minutes: -5 }, 2_400], [{ minutes: 2 }, 800]);
  const { doomed, work } = seedFleet(s);
  await work();
  s.sim.spot.interrupt(doomed);
  await deliver(doomed);
  await s.runTo({ hours: 2 });
}

async function seen(s: Stack, runbook: string): Promise<number[]> {
  return (await s.world.incidents.recent(100)).filter((one) => one.runbook === runbook).map((one) => one.seen);
}

describe.each([
  ["in memory", givenMemory],
  ["in DynamoDB", givenDynamo],
])("the same event, with the table %s,", (_, open) => {
  it.each([1, 2, 50])("delivered %i times at once is one incident, one remediation, and counted", async (times) => {
    const given = await open();
    const s = stack({ table: given.table, settings });
    await told(s, async (doomed) => {
      await Promise.all(Array.from({ length: times }, () => take(s.world, interruption(doomed, startMs))));
    });
    expect(await seen(s, "spot-interruption")).toEqual([times]);
    expect(s.service.list()).toHaveLength(1);
    expect((await promisesKept(s, spotEpisode)).phase).toMatchObject({ outcome: "healed" });
    s.close();
    await given.close();
  });
});

describe("an event that comes again after its incident was closed", () => {
  it("joins it, when it is about the same interruption, whatever its id and time", async () => {
    const s = stack();
    await told(s, async (doomed) => void (await take(s.world, interruption(doomed, startMs))));
    const [incident] = await s.world.incidents.recent(1);
    const doomed = incident?.root.replace("instance/", "") ?? "";
    const before = changed(s);
    await take(s.world, interruption(doomed, startMs));
    await take(s.world, interruption(doomed, startMs + 5_000, "e-2"));
    await take(s.world, interruption(doomed, s.clock.now(), "e-3"));
    await s.runTo({ hours: 3 });
    expect(await seen(s, "spot-interruption")).toEqual([4]);
    expect(changed(s)).toEqual(before);
    expect(s.service.list()).toHaveLength(1);
    s.close();
  });

  it("joins it, when an alarm repeats what it said during the episode, and opens the next when it says it anew", async () => {
    const s = stack({ settings });
    await degradeEpisode.begin(s);
    await s.runTo({ hours: 1 });
    await take(s.world, alarm(startMs));
    await take(s.world, alarm(startMs + 60_000, "a-2"));
    expect(await seen(s, "degrade")).toEqual([3]);

    await take(s.world, alarm(startMs + 61 * 60_000, "a-3"));
    expect(await seen(s, "degrade")).toEqual([1, 3]);
    const [next] = await s.world.incidents.recent(1);
    expect(next).toMatchObject({ episode: 2 });
    s.close();
  });
});

describe("an incident that was stored but never started", () => {
  it("is started by the next delivery", async () => {
    const s = stack();
    const { doomed } = seedFleet(s);
    const lost = {
      ...s.world,
      executions: { ...s.world.executions, start: () => Promise.reject(new Error("socket hang up")) },
    };
    await expect(take(lost, interruption(doomed, startMs))).rejects.toThrow("socket hang up");
    expect(s.service.list()).toEqual([]);

    await take(s.world, interruption(doomed, startMs));
    await s.runTo({ hours: 1 });
    expect(await seen(s, "spot-interruption")).toEqual([2]);
    expect((await promisesKept(s, spotEpisode)).phase).toMatchObject({ outcome: "healed" });
    s.close();
  });
});

const kinds = [
  "warning",
  "warning again",
  "other id",
  "companion",
  "alarm",
  "alarm again",
  "recovered",
  "nonsense",
] as const;

it("whatever the order, the number and the crowd: one incident and one remediation of each, every event counted", async () => {
  const delivery = fc.record({
    kind: fc.constantFrom(...kinds),
    afterSeconds: fc.integer({ min: 0, max: 100 }),
    isAtOnce: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(delivery, { minLength: 1, maxLength: 25 }), async (deliveries) => {
      const s = stack({ settings });
      await told(s, async (doomed) => {
        const events = {
          warning: interruption(doomed, startMs),
          "warning again": interruption(doomed, startMs),
          "other id": interruption(doomed, startMs, "e-2"),
          companion: rebalance(doomed),
          alarm: alarm(startMs),
          "alarm again": alarm(startMs, "a-2"),
          recovered: recovered(),
          nonsense: { what: "ever" },
        };
        const crowd: Promise<unknown>[] = [];
        for (const { kind, afterSeconds, isAtOnce } of deliveries.toSorted((a, b) => a.afterSeconds - b.afterSeconds)) {
          await s.runTo({ seconds: afterSeconds });
          const taking = take(s.world, events[kind]);
          if (isAtOnce) crowd.push(taking);
          else await taking;
        }
        await Promise.all(crowd);
      });
      const count = (...of: readonly string[]) => deliveries.filter(({ kind }) => of.includes(kind)).length;
      const warnings = count("warning", "warning again", "other id");
      const alarms = count("alarm", "alarm again");
      // A rebalance recommendation belongs to the incident of its instance, once there is one.
      const [ofInstance = 0, ...more] = await seen(s, "spot-interruption");
      expect(more).toEqual([]);
      expect(ofInstance).toBeGreaterThanOrEqual(warnings);
      expect(ofInstance).toBeLessThanOrEqual(warnings > 0 ? warnings + count("companion") : 0);
      expect(await seen(s, "degrade")).toEqual(alarms > 0 ? [alarms] : []);
      expect(s.service.list()).toHaveLength((warnings > 0 ? 1 : 0) + (alarms > 0 ? 1 : 0));
      const launches = changed(s).filter((operation) => operation === "LaunchInstances");
      expect(launches).toHaveLength(warnings > 0 ? 1 : 0);
      expect(s.sim.world.parameters["/paramedic/level/chat"]?.versions.length ?? 0).toBe(alarms > 0 ? 2 : 0);
      s.close();
    }),
    { seed: 7, numRuns: Number(process.env["PARAMEDIC_RUNS"] ?? 10) },
  );
});
