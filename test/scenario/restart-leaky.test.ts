import { afterEach, describe, expect, it } from "vitest";
import { toMs } from "../../src/clock.ts";
import { onSchedule } from "../../src/engine/schedule.ts";
import { take } from "../../src/engine/take.ts";
import { changed } from "../support/episodes.ts";
import { chat } from "../support/settings.ts";
import { alarm, settingsOf, type Stack, stack, type StackOptions, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const memory = {
  cluster: "gpu",
  service: "worker",
  load: { namespace: "Chat", name: "Requests" },
  alarms: ["worker-memory"],
};
const services = [{ ...chat, memory }];
const hour = toMs({ hours: 1 });

interface Situation {
  readonly tasks: number;
  /** Memory is low again after so many hours: the restarts have helped. */
  readonly restartedAfter: number;
  /** Requests by the hour of the day, UTC. It is three in the morning. */
  readonly usual: (hour: number) => number;
  readonly autonomy: "auto" | "approve";
  /** No alarm goes off. */
  readonly isQuiet: boolean;
}

const inPercent = {
  namespace: "AWS/ECS",
  name: "MemoryUtilization",
  dimensions: { ClusterName: "gpu", ServiceName: "worker" },
};

/** Two tasks, eight hours old, their memory in percent by the hours since, and an alarm on it. */
async function leaks(
  percentAt: (hours: number) => number,
  {
    tasks = 2,
    restartedAfter = 8.1,
    usual = () => 100,
    autonomy = "auto",
    isQuiet = false,
    ...options
  }: Partial<Situation> & StackOptions = {},
): Promise<void> {
  s = stack({ settings: settingsOf({ services, autonomy: { "restart-leaky": autonomy } }), ...options });
  s.sim.seed.cluster({ name: "gpu" });
  for (const zone of ["us-east-2a", "us-east-2b"]) {
    const { id: instance } = s.sim.seed.instance({ type: "g5.xlarge", zone });
    s.sim.seed.host({ cluster: "gpu", instance });
  }
  s.sim.seed.service({ cluster: "gpu", name: "worker", desired: tasks });
  for (const task of Object.values(s.sim.world.tasks)) task.startedAt = startMs - 8 * hour;
  const samples: [number, number][] = [];
  for (let at = -8 * hour; at < 24 * hour; at += 60_000) {
    const hours = at / hour + 8;
    samples.push([startMs + at, hours < restartedAfter ? percentAt(hours) : 30]);
  }
  s.sim.seed.metric({ ...inPercent, samples });
  serves(usual);
  if (isQuiet) return;
  const { detail, ...event } = alarm(startMs);
  await take(s.world, { ...event, detail: { ...detail, alarmName: "worker-memory" } });
}

function serves(usual: (hour: number) => number): void {
  const samples: [number, number][] = [];
  for (let at = startMs - 168 * hour; at < startMs; at += hour) samples.push([at, usual((at / hour) % 24)]);
  s.sim.seed.metric({ namespace: "Chat", name: "Requests", samples });
}

async function end(hours = 12) {
  await s.runTo({ hours });
  const [incident] = await s.world.incidents.recent(1);
  if (!incident) throw new Error("no incident was opened");
  return { ...incident, story: (await s.world.stories.read(incident.id)).map(({ text }) => text) };
}
const old = () => Object.values(s.sim.world.tasks).filter(({ startedAt }) => (startedAt ?? 0) < startMs);
const stops = () => s.sim.calls.filter(({ operation }) => operation === "StopTask");

describe("a service that leaks", () => {
  it("has its tasks restarted one at a time", async () => {
    await leaks((hours) => 30 + 6 * hours);
    const { phase, story } = await end();
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(story).toContain("chat leaks memory and runs out of it within 4 h. A restart buys time; the leak stays.");
    expect(old().filter(({ desired }) => desired === "RUNNING")).toEqual([]);
    const [first, second] = stops();
    expect(stops()).toHaveLength(2);
    const replaced = Object.values(s.sim.world.tasks).map(({ startedAt = 0 }) => startedAt);
    expect(Math.min(...replaced.filter((at) => at > (first?.at ?? 0)))).toBeLessThanOrEqual(second?.at ?? 0);
  });

  it("waits for a quieter hour while there is time for it", async () => {
    await leaks((hours) => 30 + 6 * hours, { restartedAfter: 9.1, usual: (hour) => (hour === 4 ? 10 : 1_000) });
    const { phase } = await end();
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(stops()[0]?.at).toBe(startMs + hour);
  });

  it("and goes on leaking while people decide has its tasks restarted as they have approved it", async () => {
    await leaks((hours) => 31 + 6 * hours, {
      restartedAfter: 8.4,
      autonomy: "approve",
      people: () => ({ verdict: "approved", after: { minutes: 10 } }),
    });
    expect((await end()).phase).toMatchObject({ outcome: "healed" });
    expect(s.asked).toHaveLength(1);
  });

  it("that stays full after the restarts is for people", async () => {
    await leaks((hours) => 30 + 6 * Math.min(hours, 9), { restartedAfter: 99 });
    const { phase } = await end();
    expect(phase).toMatchObject({ state: "closed", why: expect.stringContaining("memory is down: not within 20 min") });
    expect(s.pages).toHaveLength(1);
  });
});

describe("the schedule", () => {
  const hourly = () => onSchedule(s.world, { account: "123456789012", region: "us-east-2" });
  const seen = async (percentAt: (hours: number) => number) => {
    await leaks(percentAt, { restartedAfter: 99, isQuiet: true });
    s.clock.advanceTo(startMs + 60_000);
    return await hourly();
  };

  it("finds a leak that no alarm has told of, once an hour, before it is too late", async () => {
    expect(await seen((hours) => 30 + 6 * hours)).toMatchObject([
      { what: "memory-leaks", service: "chat", at: startMs, why: "its memory rises, and ends in 4 h" },
    ]);
    expect(await s.world.incidents.recent(9)).toMatchObject([{ runbook: "restart-leaky" }]);
    s.clock.advanceTo(startMs + 10 * 60_000);
    expect(await hourly()).toEqual([]);
  });

  it("makes no noise about memory that does not rise, or has days to go", async () => {
    expect(await seen(() => 90)).toEqual([]);
    s.close();
    expect(await seen((hours) => 30 + 0.7 * hours)).toEqual([]);
  });
});

describe("nothing is restarted", () => {
  const why = async () => {
    const { phase } = await end();
    expect(changed(s)).toEqual([]);
    expect(phase).toMatchObject({ outcome: "skipped" });
    return phase.state === "closed" && phase.why;
  };

  it("when memory is high and does not rise", async () => {
    await leaks(() => 85);
    expect(await why()).toBe("the memory of chat does not rise steadily: no leak");
  });

  it("when it rises so slowly that there is a day left", async () => {
    await leaks((hours) => 30 + hours);
    expect(await why()).toBe("chat leaks, but slowly: people can mend it by day");
  });

  it("when there is one task only", async () => {
    await leaks((hours) => 30 + 6 * hours, { tasks: 1 });
    expect(await why()).toBe("worker has no second task: people must choose the time of the outage");
  });

  it("when the service is gone", async () => {
    s = stack({ settings: settingsOf({ services, autonomy: { "restart-leaky": "auto" } }) });
    const { detail, ...event } = alarm(startMs);
    await take(s.world, { ...event, detail: { ...detail, alarmName: "worker-memory" } });
    expect(await why()).toBe("there is no service worker in gpu any more");
  });
});
