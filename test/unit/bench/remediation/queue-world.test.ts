import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../../sim/clock.ts";
import { createSim } from "../../../../sim/sim.ts";
import { type Drained, liveQueue, names } from "../../../../bench/remediation/queue-world.ts";
import { toMs } from "../../../../src/clock.ts";

/** A flood of two minutes, ten times 0.02 messages a second, and so many workers for an hour. */
function live(isPoison: boolean, workers: number): Drained & { readonly waiting: number; readonly dead: string[] } {
  const clock = new VirtualClock(Date.UTC(2026, 10, 22, 3, 0));
  const sim = createSim({ clock, seed: 1 });
  const { url, judge } = liveQueue(
    { clock, sim },
    {
      perSecond: 0.02,
      times: 10,
      floodFromMs: toMs({ minutes: 5 }),
      floodMs: toMs({ minutes: 2 }),
      secondsPerMessage: 20,
      loadMs: toMs({ minutes: 3 }),
      workers,
      workersMax: workers,
      waitMs: toMs({ minutes: 10 }),
      isPoison,
    },
    1,
  );
  clock.advanceTo(clock.now() + toMs({ hours: 1 }));
  sim.stop();
  const queues = Object.entries(sim.world.queues);
  const dead = queues.filter(([at]) => at.endsWith(names.deadLetters)).flatMap(([, queue]) => bodies(queue.messages));
  return { ...judge(), waiting: bodies(sim.world.queues[url]?.messages ?? {}).length, dead };
}

const bodies = (messages: Readonly<Record<string, { readonly body: string }>>): string[] =>
  Object.values(messages).map(({ body }) => body);

describe("a flood", () => {
  it("of poison ends among the dead letters, each message after three tries of ten seconds at least, and nothing else does", () => {
    const { dead, poisonMs, waiting } = live(true, 4);

    expect(dead.length).toBeGreaterThan(10);
    expect(new Set(dead)).toEqual(new Set(["poison"]));
    expect(poisonMs).toBeGreaterThanOrEqual(30_000);
    expect(waiting).toBeLessThanOrEqual(4);
  });

  it("of poison is set aside the later the fewer workers there are", () => {
    expect(live(true, 2).poisonMs).toBeGreaterThan(live(true, 4).poisonMs);
  });

  it("of work leaves no dead letters", () => {
    expect(live(false, 4)).toMatchObject({ dead: [], poisonMs: 0 });
  });
});
