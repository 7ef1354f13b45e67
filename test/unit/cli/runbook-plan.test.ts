import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { plan } from "../../../cli/runbook/plan.ts";
import { runbooks } from "../../../runbooks/index.ts";
import { VirtualClock } from "../../../sim/clock.ts";
import { createSim, type Sim } from "../../../sim/sim.ts";
import { levelParameter } from "../../../src/aws/level.ts";
import { haltParameter } from "../../../src/aws/switches.ts";
import { BotError } from "../../../src/bot-error.ts";
import { alarm, ecsChange, file, instance, paper, settingsOf, spotWarning } from "./given.ts";

const event = (value: unknown) => file("event.json", JSON.stringify(value));
const slow = () => event(alarm("chat-latency-high", { recent: 2_400 }));

/** Dry-runs with these words. What is refused is told with its exit code, as the shell would. */
async function run(words: readonly string[], settings = settingsOf(), env: NodeJS.ProcessEnv = {}) {
  const io = paper();
  try {
    return { exit: await plan(words, io, { settings, runbooks }, env), ...io.written };
  } catch (error) {
    if (!(error instanceof BotError)) throw error;
    return { exit: 2, out: io.written.out, err: error.message };
  }
}

const answer = z.strictObject({
  runbook: z.string(),
  incident: z.object({ decision: z.string(), steps: z.array(z.string()), assuming: z.string(), why: z.string() }),
  gates: z.array(z.strictObject({ gate: z.string(), says: z.string() })),
  permissions: z.array(z.strictObject({ by: z.string(), permissions: z.array(z.string()) })),
});
async function runJson(words: readonly string[], ...more: [Parameters<typeof run>[1]?, Parameters<typeof run>[2]?]) {
  const { exit, out } = await run([...words, "--json"], ...more);
  const { incident, gates, permissions } = answer.parse(JSON.parse(out));
  return { exit, ...incident, permissions, gates: Object.fromEntries(gates.map(({ gate, says }) => [gate, says])) };
}

describe("a dry run", () => {
  it("shows the plan, the gates before it and the permissions it needs", async () => {
    const { exit, decision, steps, gates, permissions } = await runJson(["degrade", "--event", slow()]);

    expect({ exit, decision }).toEqual({ exit: 0, decision: "ask" });
    expect(steps).toEqual(["set chat to limited", "look every 30 s until chat recovers, at most 10 min"]);
    expect(gates).toEqual({
      halt: "nobody has halted the bot",
      maintenance: "no calendar in the settings",
      deadline: "none",
      limit: "4 in 1 h; what ran before is not known here",
      price: "it adds 0.00 USD an hour; all changes that stand may add 50",
      approval: "approve: Alex may decide within 30 min",
    });
    expect(permissions.slice(0, 2)).toEqual([
      { by: "level.set", permissions: ["ssm:GetParameter", "ssm:PutParameter"] },
      { by: "service.latency-below", permissions: ["cloudwatch:GetMetricData"] },
    ]);
    expect(permissions.map(({ by }) => by)).toEqual(["level.set", "service.latency-below", "looking"]);
  });

  it("is told in words, and says that nothing was changed", async () => {
    const { out, err } = await run(["degrade", "--event", slow()]);

    expect(out).toMatch(/plan +1\. {2}set chat to limited\n +can be undone; given back by itself after 30 min\n/);
    expect(out).toMatch(/Gates\n {2}halt +nobody/);
    expect(out).toMatch(/Permissions\n {2}level\.set +ssm:GetParameter ssm:PutParameter\n/);
    expect(out).toMatch(/looking +\d+ operations; --json lists them\n/);
    expect(out.endsWith("\nNothing was changed.\n")).toBe(true);
    expect(err).toBe("");
  });

  it("says what has a deadline and which share may be touched", async () => {
    const { gates, decision } = await runJson(["spot-interruption", "--event", event(spotWarning(instance(1)))]);

    expect(decision).toBe("act");
    expect(gates).toMatchObject({
      deadline: "2 min from the event",
      limit: expect.stringMatching(/^30 in 10 min, 50 % of the fleet \(group\/assumed-for-i-\w+ has 4\)/),
      approval: "auto: nobody is asked",
    });
  });

  it.each([
    [undefined, "not named in autonomy, so it observes", "observe"],
    ["observe", "observe", "observe"],
    ["propose", "propose: people are shown the plan, and carry it out themselves", "propose"],
    ["approve", "approve: Alex may decide within 30 min", "ask"],
    ["veto", "veto: it goes ahead unless somebody objects within 5 min", "veto"],
    ["auto", "auto: nobody is asked", "act"],
  ] as const)("with autonomy %s says: %s", async (rung, says, decision) => {
    const settings = settingsOf({ autonomy: rung ? { degrade: rung } : {} });
    expect(await runJson(["degrade", "--event", slow()], settings)).toMatchObject({
      gates: { approval: says },
      decision,
    });
  });

  it("without a plan needs nothing but to look", async () => {
    const { permissions, decision, why } = await runJson([
      "degrade",
      "--event",
      event(alarm("chat-latency-high", { recent: 900 })),
    ]);

    expect({ decision, why }).toEqual({ decision: "skipped", why: "chat has recovered by itself" });
    expect(permissions.map(({ by }) => by)).toEqual(["looking"]);
  });
});

describe("wrong use", () => {
  it.each<[string[], string]>([
    [[], "name a runbook"],
    [["degrade"], "say with --event what happened"],
    [["degrade", "spot-interruption"], '"spot-interruption" is left over'],
    [["upgrade", "--event", "a.json"], "there is no runbook upgrade. There is:"],
    [["degrade", "--event", "nowhere.json"], "nowhere.json: there is no such file"],
    [["degrade", "--evnt", "a.json"], "Unknown option '--evnt'"],
  ])("%j is answered with a word", async (words, says) => {
    expect(await run(words)).toEqual({ exit: 2, out: "", err: expect.stringContaining(says) });
  });

  it.each([
    ["of another runbook", spotWarning(instance(1)), "degrade answers to latency-high"],
    ["that nobody reads", ecsChange(), "the bot has no reader for such an event"],
    ["that is none", { "detail-type": 1 }, "event.json: "],
    ["of an alarm that ended", alarm("chat-latency-high", { value: "OK" }), "the alarm went to OK"],
  ])("an event %s is told", async (_, value, says) => {
    expect(await run(["degrade", "--event", event(value)])).toEqual({
      exit: 2,
      out: "",
      err: expect.stringContaining(says),
    });
  });
});

describe("with AWS_ENDPOINT_URL", () => {
  let stop = (): void => {};
  afterEach(() => {
    stop();
    vi.unstubAllEnvs();
  });

  /** A simulated AWS behind HTTP, as somebody's emulator is. */
  async function emulator(): Promise<{ sim: Sim; env: NodeJS.ProcessEnv }> {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "a").stubEnv("AWS_SECRET_ACCESS_KEY", "s");
    const sim = createSim({ clock: new VirtualClock(Date.now()), seed: 1 });
    const server = createServer(sim.listener);
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    stop = () => {
      server.close();
      server.closeAllConnections();
      sim.stop();
    };
    const { port } = server.address() as AddressInfo;
    return { sim, env: { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, PARAMEDIC_PROTOCOL: "json" } };
  }

  it("the account that it names is looked at, and nothing in it changes", async () => {
    const { sim, env } = await emulator();
    const level = { level: "limited", reason: "sale", incident: "-", key: "-", setBy: "Alex", since: 0 };
    sim.seed.parameter({ name: levelParameter("chat"), value: JSON.stringify(level) });
    const found = await runJson(["degrade", "--event", slow()], settingsOf(), env);

    expect(found.steps[0]).toBe("set chat to cached");
    expect(found.assuming).toContain(`${env["AWS_ENDPOINT_URL"]} was looked at as it is now`);
    expect(sim.calls.length).toBeGreaterThan(0);
    expect(sim.calls.filter(({ mutating }) => mutating)).toEqual([]);
  });

  it("its stop switch is heard", async () => {
    const { sim, env } = await emulator();
    sim.seed.parameter({ name: haltParameter, value: JSON.stringify({ by: "Alex", why: "release night" }) });
    const found = await runJson(["degrade", "--event", slow()], settingsOf(), env);

    expect(found).toMatchObject({ decision: "held", gates: { halt: "halted by Alex: release night" } });
  });

  it("and nobody there, it says so", async () => {
    const { env } = await emulator();
    stop();
    const found = await runJson(["degrade", "--event", slow()], settingsOf(), env);

    expect(found).toMatchObject({ decision: "held", gates: { halt: expect.stringContaining("ECONNREFUSED") } });
  });
});
