import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { memoryTable } from "../../../sim/memory-table.ts";
import { isClosed } from "../../../src/incidents/incident.ts";
import { createIncidents, type Incidents, type Trouble } from "../../../src/incidents/incidents.ts";
import { startMs } from "../../support/stack.ts";

let now: number;
let incidents: Incidents;
beforeEach(() => {
  now = startMs;
  incidents = createIncidents(memoryTable(), { now: () => now });
});
const trouble = (more: Partial<Trouble> = {}): Trouble => ({
  root: "service/chat",
  runbook: "degrade",
  trigger: "latency-high",
  title: "chat is slow",
  signal: null,
  beganAt: now,
  ...more,
});
const close = (id: string, firstActionAt?: number) =>
  incidents.update(id, (was) => ({
    ...was,
    phase: { state: "closed", outcome: "healed", why: "", at: now },
    ...(firstActionAt !== undefined && { firstActionAt }),
  }));

describe("an event", () => {
  it("opens an incident, and one like it joins that", async () => {
    const first = await incidents.report(trouble());
    expect(first).toMatchObject({ isNew: true, incident: { episode: 1, seen: 1, phase: { state: "open" } } });
    expect(await incidents.report(trouble())).toMatchObject({
      isNew: false,
      incident: { id: first.incident.id, seen: 2 },
    });
  });

  it("of another root resource opens another", async () => {
    const [a, b] = [await incidents.report(trouble()), await incidents.report(trouble({ root: "service/search" }))];
    expect(a.incident.id).not.toBe(b.incident.id);
  });

  it("from before the incident was closed joins it, and from after opens the next episode", async () => {
    const { incident } = await incidents.report(trouble());
    now += 60_000;
    await close(incident.id);
    expect(await incidents.report(trouble({ beganAt: now }))).toMatchObject({ isNew: false });
    const next = await incidents.report(trouble({ beganAt: now + 1 }));
    expect(next).toMatchObject({ isNew: true, incident: { episode: 2 } });
    expect(next.incident.id).toMatch(/^[0-9a-f]{12}-2$/);
  });

  it("that can happen once joins the incident that was acted on, whenever it comes; one that was not may come again", async () => {
    const once = { once: true } as const;
    const { incident } = await incidents.report(trouble(once));
    await close(incident.id, now);
    expect(await incidents.report(trouble({ ...once, beganAt: now + 3_600_000 }))).toMatchObject({ isNew: false });

    const other = { ...once, root: "instance/i-2" };
    await close((await incidents.report(trouble(other))).incident.id);
    expect(await incidents.report(trouble({ ...other, beganAt: now + 1 }))).toMatchObject({ isNew: true });
  });
});

it("whatever happens in whatever order, episodes are counted without a gap and at most the last is open", async () => {
  const event = fc.oneof(
    fc.record({ kind: fc.constant("report" as const), agoMs: fc.integer({ min: -5_000, max: 20_000 }) }),
    fc.record({ kind: fc.constant("close" as const), agoMs: fc.constant(0) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
      incidents = createIncidents(memoryTable(), { now: () => now });
      let reports = 0;
      for (const { kind, agoMs } of events) {
        now += 1_000;
        const [last] = await incidents.recent(1);
        if (kind === "close" && last) await close(last.id);
        if (kind === "report") {
          reports += 1;
          await incidents.report(trouble({ beganAt: now - agoMs }));
        }
      }
      const all = (await incidents.recent(100)).toSorted((a, b) => a.episode - b.episode);
      expect(all.map(({ episode }) => episode)).toEqual(all.map((_, i) => i + 1));
      expect(all.slice(0, -1).every(isClosed)).toBe(true);
      expect(all.reduce((sum, { seen }) => sum + seen, 0)).toBe(reports);
    }),
    { seed: 3, numRuns: 100 },
  );
});

it("an update of an incident that is not there is refused, and one that changes nothing writes nothing", async () => {
  await expect(incidents.get("c0ffee000000-1")).rejects.toMatchObject({ code: "not_found" });
  await expect(incidents.update("c0ffee000000-1", (was) => was)).rejects.toMatchObject({ code: "not_found" });
});
