import { afterEach, describe, expect, it } from "vitest";
import { onSchedule } from "../../src/engine/schedule.ts";
import { changed } from "../support/episodes.ts";
import { chat, settingsOf } from "../support/settings.ts";
import { type Stack, stack, type StackOptions, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());
/** The round of every minute. */
const minute = () => onSchedule(s.world, { account: "123456789012", region: "us-east-2" });

/** The stack's story begins at three in the morning, and so does this installation's day. */
const settings = settingsOf({
  autonomy: { rightsize: "approve" },
  services: [{ ...chat, size: { kind: "ecs", cluster: "apps", service: "api", days: 7, hourUtc: 3 } }],
});
const approved: StackOptions = { settings, people: () => ({ verdict: "approved", after: { minutes: 10 } }) };
const dayMs = 86_400_000;

/** A service on Fargate whose tasks are years old, and a week of utilisation, in percent, that goes on for some hours. */
function seedService(
  { sim }: Stack,
  {
    cpu = 96,
    memory = 60,
    after = {},
    ...more
  }: { cpu?: number; memory?: number; after?: { cpu?: number; memory?: number }; roles?: object } = {},
) {
  sim.seed.service({ cluster: "apps", name: "api", desired: 2, cpu: 512, memory: 2_048, fargate: true, ...more });
  const first = sim.world.definitions["api:1"];
  const service = sim.world.services["apps/api"];
  if (!first || !service) throw new Error("nothing was seeded");
  first.registeredAt = startMs - 900 * dayMs;
  const percent = (name: string, before: number, later: number) => {
    const samples = Array.from({ length: 8 * 288 }, (_, index): [number, number] => {
      const at = startMs - 7.5 * dayMs + index * 300_000;
      return [at, at < startMs + 15 * 60_000 ? before : later];
    });
    sim.seed.metric({ namespace: "AWS/ECS", name, dimensions: { ClusterName: "apps", ServiceName: "api" }, samples });
  };
  percent("CPUUtilization", cpu, after.cpu ?? cpu / 2);
  percent("MemoryUtilization", memory, after.memory ?? memory / 2);
  return {
    /** From its next start its program needs more memory than anybody gives it. */
    needMore: () => void (first.needsMemory = 9_999),
    runs: () => sim.world.services["apps/api"]?.definition,
    tasks: () =>
      Object.values(sim.world.tasks)
        .filter(({ last }) => last === "RUNNING")
        .map(({ definition }) => definition),
  };
}

/** Somebody deploys another image, of the same size. */
async function deployNext() {
  await s.sim.call("ecs", "RegisterTaskDefinition", {
    family: "api",
    cpu: "512",
    memory: "2048",
    requiresCompatibilities: ["FARGATE"],
    containerDefinitions: [{ name: "api", image: "api:next", essential: true }],
  });
  await s.sim.call("ecs", "UpdateService", { cluster: "apps", service: "api", taskDefinition: "api:2" });
}

async function end(hours = 3) {
  await s.runTo({ hours });
  const [incident] = await s.world.incidents.recent(1);
  if (!incident) throw new Error("no incident was opened");
  return { ...incident, story: (await s.world.stories.read(incident.id)).map(({ text }) => text) };
}

describe("tasks that are too small", () => {
  it("get what they use and a little more, once somebody has approved the sum", async () => {
    s = stack(approved);
    const { runs, tasks } = seedService(s);
    expect(await minute()).toMatchObject([{ what: "size-off", service: "chat", at: startMs }]);
    await s.runTo({ minutes: 5 });
    expect(runs()).toBe("api:1");

    const { phase, plan, story } = await end();
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(tasks()).toEqual(["api:2", "api:2"]);
    expect(s.sim.world.definitions["api:2"]).toMatchObject({ cpu: 1_024, memory: 2_048 });
    expect(s.sim.world.services["apps/api"]?.breaker).toEqual({ enable: true, rollback: true });
    expect(story).toContain(
      "chat: in 7 days 99.9 % of the time at most 492 of 512 CPU units, and 99 % of the worst day at most 1229 of 2048 MiB; " +
        "with 15 % to spare 614 and 1413.",
    );
    // Two tasks, each half a vCPU more.
    expect(plan?.steps.flatMap((step) => (step.kind === "action" ? (step.usdPerHour ?? 0) : []))).toEqual([0.04048, 0]);
    expect(s.pages).toEqual([]);
  });

  it("get less than was planned when somebody narrows it", async () => {
    const narrowing = {
      without: [],
      params: { "1": { cluster: "apps", service: "api", cpu: 1_024, memory: 2_048 } },
    };
    s = stack({ settings, people: () => ({ verdict: "approved", after: { minutes: 10 }, narrowing }) });
    const { tasks } = seedService(s, { memory: 97 });
    await minute();
    await s.runTo({ seconds: 30 });
    expect((await s.world.incidents.recent(1))[0]?.plan?.steps[1]).toMatchObject({
      params: { cpu: 1_024, memory: 3_072 },
    });
    expect((await end()).phase).toMatchObject({ outcome: "healed", why: "every step was done" });
    expect(tasks()).toEqual(["api:2", "api:2"]);
    expect(s.sim.world.definitions["api:2"]).toMatchObject({ cpu: 1_024, memory: 2_048 });
  });

  it("get their old size back from ECS when the new tasks do not come up, and people are paged", async () => {
    s = stack(approved);
    const { runs, tasks, needMore } = seedService(s);
    needMore();
    await minute();
    const { phase } = await end();
    expect(phase).toMatchObject({
      outcome: "undone",
      why: "give the tasks of api the size that is registered: done, but its effect did not show",
    });
    expect(runs()).toBe("api:1");
    expect(tasks()).toEqual(["api:1", "api:1"]);
    expect(s.pages).toHaveLength(1);
  });

  it("get their old size back when the new one is not enough", async () => {
    s = stack(approved);
    const { runs, tasks } = seedService(s, { after: { cpu: 99 } });
    await minute();
    expect((await end()).phase).toMatchObject({
      outcome: "undone",
      why: "they have room: no; at most 99 % of CPU and 30 % of memory",
    });
    expect(runs()).toBe("api:1");
    expect(tasks()).toEqual(["api:1", "api:1"]);
  });
});

describe("tasks of the right size", () => {
  it("make no noise, nor do those of which too little is known", async () => {
    s = stack(approved);
    seedService(s, { cpu: 80, memory: 80 });
    expect(await minute()).toEqual([]);
    expect(await s.world.incidents.recent(9)).toEqual([]);
  });
});

describe("a size", () => {
  it("is made with the roles that the bot may pass on", async () => {
    const role = "arn:aws:iam::123456789012:role/pull";
    s = stack({ ...approved, settings: { ...settings, passRoles: [role] } });
    seedService(s, { roles: { executionRoleArn: role } });
    await minute();
    expect((await end()).phase).toMatchObject({ outcome: "healed" });
  });

  it("is said and not made where tasks take on roles that the bot may not pass on", async () => {
    s = stack(approved);
    seedService(s, { roles: { executionRoleArn: "arn:aws:iam::123456789012:role/pull" } });
    await minute();
    expect((await end()).phase).toMatchObject({
      outcome: "skipped",
      why: expect.stringMatching(/^chat should have 1024 CPU units and 2048 MiB: .+ Register that revision yourself/),
    });
    expect(changed(s)).toEqual([]);
  });

  it("is left alone while somebody deploys the service", async () => {
    s = stack(approved);
    seedService(s);
    await minute();
    await s.runTo({ seconds: 595 });
    await deployNext();
    expect((await end()).phase).toMatchObject({
      outcome: "skipped",
      why: "approved, but by now ECS is deploying chat: it is left alone until that is over",
    });
  });

  it("is left alone when the service is gone", async () => {
    s = stack(approved);
    seedService(s);
    await minute();
    await s.runTo({ minutes: 5 });
    s.sim.world.services = {};
    expect((await end()).phase).toMatchObject({
      outcome: "skipped",
      why: "approved, but by now chat: api in apps is gone",
    });
  });

  it("is proposed again when somebody has deployed another revision since, and rests on what tasks used of the size they had", async () => {
    s = stack(approved);
    const { runs } = seedService(s);
    await minute();
    await s.runTo({ minutes: 5 });
    await deployNext();
    const { phase, story } = await end();
    expect(story).toContain("The situation has changed since this was proposed. Proposing again.");
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(runs()).toBe("api:3");
    expect(s.sim.world.definitions["api:3"]?.document).toMatchObject({ containerDefinitions: [{ image: "api:next" }] });
  });
});

describe("a function", () => {
  const sized = settingsOf({
    autonomy: { rightsize: "approve" },
    services: [{ ...chat, size: { kind: "function", function: "embed", days: 7, hourUtc: 3 } }],
  });
  const seedFunction = ({ sim }: Stack, used: number) => {
    sim.seed.lambdaFunction({ name: "embed", memoryMb: 1_024, versions: [startMs - 30 * dayMs] });
    const samples = Array.from({ length: 7.5 * 288 }, (_, index): [number, number] => [
      startMs - 7.5 * dayMs + index * 300_000,
      used,
    ]);
    sim.seed.metric({
      namespace: "LambdaInsights",
      name: "used_memory_max",
      dimensions: { function_name: "embed" },
      samples,
    });
    return () => sim.world.functions["embed"]?.memoryMb;
  };

  it("gets the memory that it uses and a little more, once somebody has approved the sum", async () => {
    s = stack({ ...approved, settings: sized });
    const memory = seedFunction(s, 1_000);
    await minute();
    const { phase, story } = await end();
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(memory()).toBe(1_280);
    expect(story).toContain("chat: in 7 days 99 % of the worst day at most 1000 of 1024 MiB; with 15 % to spare 1229.");
  });

  it("is left as it is when people say no, and makes no noise when its memory will do", async () => {
    s = stack({ settings: sized, people: () => ({ verdict: "denied", after: { minutes: 1 } }) });
    const memory = seedFunction(s, 1_000);
    await minute();
    expect((await end()).phase).toMatchObject({ outcome: "refused", why: "denied by Alex" });
    expect(memory()).toBe(1_024);
    s.close();

    s = stack({ settings: sized });
    seedFunction(s, 850);
    expect(await minute()).toEqual([]);
  });
});
