import { createServer } from "node:http";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { metricsOf, openCloudWatch, periodAt, readMetric } from "../../../../cli/backtest/account.ts";
import { backtest } from "../../../../cli/backtest/backtest.ts";
import { main } from "../../../../cli/paramedic.ts";
import { listen } from "../../../../local/servers.ts";
import { RunningClock } from "../../../../sim/clock.ts";
import { createSim } from "../../../../sim/sim.ts";
import { calmThenSpike, csv, file, instance, paper, settingsOf, spotWarning, start, tempDir } from "../given.ts";

async function typed(...words: string[]) {
  const io = paper();
  return { exit: await main(["backtest", ...words], io), ...io.written };
}

const src = fileURLToPath(new URL("../../../../src/settings.ts", import.meta.url));
/** Settings in which spot-interruption has this much autonomy. */
const config = (name: string, autonomy: string): string =>
  file(
    `${name}.config.ts`,
    `import { defineSettings } from ${JSON.stringify(src)};
export default defineSettings({
  stage: "test", channel: "C0", team: "T0", clusters: ["gpu"], approvers: [{ slack: "U0", name: "Alex", may: ["*"] }],
  services: [{ name: "chat", latency: { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "chat" } }, latencyMs: { normal: 750, high: 1500 } }],
  autonomy: { "spot-interruption": ${JSON.stringify(autonomy)}, degrade: "approve" },
});\n`,
  );

const side = z.object({ decision: z.string(), plan: z.array(z.object({ action: z.string() })) }).nullable();
const answer = z.object({
  failed: z.boolean(),
  same: z.number(),
  people: z.number().optional(),
  history: z.object({ records: z.number(), unreadable: z.number() }),
  old: z.object({ actions: z.number(), agreement: z.object({ same: z.number(), planned: z.number() }).optional() }),
  new: z.object({ actions: z.number(), limits: z.record(z.string(), z.number()) }),
  differences: z.array(z.object({ kind: z.string(), more: z.boolean(), old: side, new: side })),
});

/** Two interruptions, a service that gets slow, and what somebody did about the first. */
function history(): string {
  const folder = tempDir();
  mkdirSync(join(folder, "events"));
  const events = [spotWarning(instance(1)), spotWarning(instance(2), start + 7_200_000)];
  writeFileSync(join(folder, "events/a.jsonl"), events.map((event) => JSON.stringify(event)).join("\n"));
  writeFileSync(join(folder, "latency.csv"), csv(calmThenSpike()));
  const did = {
    eventTime: new Date(start + 60_000).toISOString(),
    eventSource: "ecs.amazonaws.com",
    eventName: "UpdateContainerInstancesState",
    userIdentity: { type: "IAMUser", userName: "alex" },
    requestParameters: { containerInstances: [instance(1)] },
  };
  writeFileSync(join(folder, "trail.json"), JSON.stringify({ Records: [did] }));
  return folder;
}

describe("paramedic backtest", () => {
  it("says exactly what differs, what people did, and ends with 6 if that was asked for", async () => {
    const page = join(tempDir(), "page.html");
    const words = [history(), "--series", "chat=latency.csv", "--against-config", config("old", "observe")];
    const { exit, out, err } = await typed(
      ...words,
      "--config",
      config("new", "auto"),
      "--fail-on",
      "more",
      "--report",
      page,
      "--json",
    );
    const found = answer.parse(JSON.parse(out));

    expect({ exit, err, failed: found.failed }).toEqual({ exit: 6, err: "", failed: true });
    expect(found).toMatchObject({ same: 1, people: 1, history: { records: 242, unreadable: 0 } });
    expect(
      found.differences.map(({ kind, more, old, new: now }) => [kind, more, old?.decision, now?.decision]),
    ).toEqual([
      ["decision", true, "observe", "act"],
      ["decision", true, "observe", "act"],
    ]);
    expect(found.old).toMatchObject({ actions: 0, agreement: { same: 1, planned: 3 } });
    expect(found.new).toMatchObject({ actions: 12, limits: {} });
    expect(readFileSync(page, "utf8")).toContain("2 differences, 1 decided the same");
  });

  it("finds nothing between two versions that are the same, and tells of rubbish in the history", async () => {
    const good = file("a.json", JSON.stringify(spotWarning(instance(1))));
    const same = config("same", "auto");
    const loose = file("load.csv", csv(calmThenSpike({ points: 70, spikeAt: 70 })));
    const { exit, out, err } = await typed(
      good,
      loose,
      file("b.bin", Buffer.from([1, 0, 2])),
      "--against-config",
      same,
      "--config",
      same,
      "--fail-on",
      "any",
    );

    expect(out).toContain("Differences: 0  (1 decided the same)");
    expect(out).not.toContain("\u001b");
    expect(err).toContain("is not text but binary");
    expect(err).toContain(`${loose} belongs to no service`);
    expect(exit).toBe(2);
  });

  it("tells of a version that cannot be run in that version's own words", async () => {
    const broken = file("broken.config.ts", "export default 7;\n");
    const good = file("a.json", JSON.stringify(spotWarning(instance(1))));
    const { exit, out, err } = await typed(good, "--against-config", broken);

    expect({ exit, out }).toEqual({ exit: 2, out: "" });
    expect(err).toContain("replaying with this checkout with");
    expect(err).toContain("its default export is no settings");
    expect(err).not.toContain("    at ");
  });

  it("shows examples and exit codes in its help, and is listed", async () => {
    expect((await typed("--help")).out).toMatch(/Examples.*Exit codes.*\n {2}6 /s);
    const io = paper();
    await main(["--help"], io);
    expect(io.written.out).toContain("backtest");
  });

  it.each<[words: () => string[], said: string]>([
    [() => [], "name a file, a folder"],
    [() => ["nowhere"], "nowhere: there is no such file or folder"],
    [() => [tempDir()], "is a folder without a file"],
    [() => [file("a", "{}"), "--against", "no-such-branch"], "--against FOLDER|there is no revision no-such-branch"],
    [() => [file("a", "{}"), "--against", tempDir()], "no checkout of Paramedic"],
    [
      () => [file("a", "{}"), "--against", "x", "--against-config", "y"],
      "--against has settings and runbooks of its own",
    ],
    [() => [file("a", "{}"), "--fail-on", "all"], "--fail-on all: it is any or more"],
    [() => [file("a", "{}"), "--within", "soon"], "--within soon is no length of time"],
    [() => [file("a", "{}"), "--series", "chat=b.csv"], "b.csv is not in the history"],
    [() => [file("a", "{}"), "--series", "shop=a"], "the settings have chat"],
    [() => [file("a", "{}"), "--unit", "s"], "--unit is about what --series names"],
    [() => [file("a", "{}"), "--config", "nowhere.ts"], "nowhere.ts: it cannot be loaded"],
    [() => [file("a", "{}"), "--to", "2026-01-01"], "about what is read from CloudWatch"],
    [() => ["--from", "yesterday"], "--from yesterday is not a time"],
    [() => ["--from", "2026-02-01", "--to", "2026-01-01"], "--from is not before --to"],
    [() => [file("a", "{}"), "--people", file("p.csv", "a,b\n")], "no column is called time"],
  ])("answers wrong use with 2 and a word: %#", async (words, said) => {
    const { exit, out, err } = await typed(...words());

    expect({ exit, out }).toEqual({ exit: 2, out: "" });
    expect(err).toMatch(new RegExp(said));
    expect(err).not.toContain("    at ");
  });
});

describe("an account", () => {
  it("is asked for the metrics that the settings of a service name, and nothing in it is changed", async () => {
    const clock = new RunningClock();
    const sim = createSim({ clock, seed: 1 });
    const now = Math.floor(Date.now() / 60_000) * 60_000;
    const samples = Array.from({ length: 30 }, (_, i): [number, number] => [now - (40 - i) * 60_000, 700 + i]);
    sim.seed.metric({ namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "chat" }, samples });
    const server = await listen(createServer(sim.listener));
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    try {
      const [service] = settingsOf().services;
      const [series] = service ? metricsOf(service) : [];
      expect(series).toMatchObject({ namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "chat" } });
      const client = openCloudWatch({ AWS_ENDPOINT_URL: server.url, AWS_REGION: "eu-west-1" });
      const source = series && (await readMetric(client, series, { from: now - 3_600_000, to: now, period: 60 }));
      const points = [];
      for await (const item of source?.items(() => undefined) ?? [])
        if (item.kind === "points") points.push(...item.points);

      expect(points.map(({ at, value }) => [at, value])).toEqual(samples);
      expect(sim.calls.map(({ permission, mutating }) => [permission, mutating])).toEqual([
        ["cloudwatch:GetMetricData", false],
      ]);
    } finally {
      clock.stop();
      sim.stop();
      await server.close();
      vi.unstubAllEnvs();
    }
  });

  it("that nobody answers for ends with 4", async () => {
    const io = paper();
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    const env = { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_REGION: "eu-west-1" };
    const exit = await backtest(["--from", "2026-03-01", "--to", "2026-03-02"], io, env);
    vi.unstubAllEnvs();

    expect({ exit, out: io.written.out }).toEqual({ exit: 4, out: "" });
    expect(io.written.err).toContain("http://127.0.0.1:1 cannot be reached");
  });

  it.each([
    [1, 60],
    [20, 300],
    [100, 3_600],
  ])("is asked for what CloudWatch still has after %d days", (days, period) => {
    expect(periodAt(start - days * 86_400_000, start)).toBe(period);
  });
});
