import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { init } from "../../../../cli/init/init.ts";
import { main } from "../../../../cli/paramedic.ts";
import { listen } from "../../../../local/servers.ts";
import { VirtualClock } from "../../../../sim/clock.ts";
import { createSim } from "../../../../sim/sim.ts";
import type { Settings } from "../../../../src/settings.ts";
import { root } from "../../../repo/tree.ts";
import { paper } from "../given.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "paramedic-init-"));
  file = join(folder, "paramedic.config.ts");
  for (const name of ["src", "node_modules"]) symlinkSync(join(root, name), join(folder, name));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

/** What the written file says, with all that it leaves to defaults. */
const written = async (): Promise<Settings> =>
  ((await import(pathToFileURL(file).href)) as { default: Settings }).default;

/** An account with a cluster and three alarms, two of them on one latency. */
async function account() {
  const sim = createSim({ clock: new VirtualClock(0), seed: 1 });
  sim.seed.cluster({ name: "gpu" });
  const alarm = (AlarmName: string, MetricName: string, Threshold: number, Namespace = "Shop") => ({
    AlarmName,
    Namespace,
    MetricName,
    Threshold,
    Statistic: "Average",
    Dimensions: [{ Name: "Service", Value: "Chat API" }],
  });
  const MetricAlarms = [
    alarm("chat-slow", "LatencyMs", 1_500),
    alarm("chat-very-slow", "LatencyMs", 5_000),
    alarm("disk-full", "DiskUsed", 90),
    { ...alarm("lb-slow", "TargetResponseTime", 2, "AWS/ApplicationELB"), Dimensions: [] },
  ];
  const server = await listen(
    createServer((request, response) => {
      if (!String(request.headers["x-amz-target"]).endsWith("DescribeAlarms")) return sim.listener(request, response);
      request.resume();
      response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify({ MetricAlarms }));
    }),
  );
  const env = { AWS_ENDPOINT_URL: server.url, AWS_REGION: "us-east-2", PARAMEDIC_PROTOCOL: "json" };
  return { env, sim, close: () => server.close() };
}

describe("paramedic init", () => {
  it("writes settings that compile and can be used, and in which the bot observes", { timeout: 120_000 }, async () => {
    const { env, close } = await account();
    const io = paper();
    expect(await init(["--account", "--yes", "--file", file], io, env)).toBe(0);
    await close();

    const config = { extends: join(root, "tsconfig.json"), include: ["*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { cwd: folder });
    expect((await written()).autonomy).toEqual({});
    expect(io.written.err).toContain("Put in the ids of your Slack workspace");
  });

  it("says with --json what it wrote and what is left to do, in one object", async () => {
    const io = paper();
    await init(["--yes", "--json", "--file", file], io, {});

    expect(JSON.parse(io.written.out)).toMatchObject({
      file,
      notSeen: [],
      left: [expect.stringContaining("Slack"), expect.anything()],
    });
    expect(io.written.err).toBe("");
  });

  it("makes services of alarms on latencies, in milliseconds, and takes the clusters there are", async () => {
    const { env, sim, close } = await account();
    await init(["--account", "--yes", "--file", file], paper(), env);
    await close();

    const { services, clusters } = await written();
    expect(clusters).toEqual(["gpu"]);
    expect(services.map(({ name, latencyMs, alarms }) => ({ name, latencyMs, alarms }))).toEqual([
      { name: "chat-api", latencyMs: { normal: 750, high: 1_500 }, alarms: ["chat-slow", "chat-very-slow"] },
      { name: "lb-slow", latencyMs: { normal: 1_000, high: 2_000 }, alarms: ["lb-slow"] },
    ]);
    expect(sim.calls.filter(({ mutating }) => mutating)).toEqual([]);
  });

  it("asks, takes an empty answer for the proposal, and asks again for a number that is none", async () => {
    const answers = ["C1", "T1", "U1 Alex, U2 Sam Smith", "", "Search", "", "", "", "soon", "900", "", ""];
    const io = paper(`${answers.join("\n")}\n`);
    expect(await init(["--file", file], io, {})).toBe(0);

    expect(await written()).toMatchObject({
      stage: "dev",
      channel: "C1",
      team: "T1",
      clusters: [],
      services: [
        {
          name: "search",
          latency: { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "search" } },
          latencyMs: { normal: 450, high: 900 },
        },
      ],
      approvers: [
        { slack: "U1", name: "Alex", may: ["*"] },
        { slack: "U2", name: "Sam Smith", may: ["*"] },
      ],
      autonomy: {},
    });
    expect(io.written.out).toBe("");
  });

  it("leaves out what it may not look at, and says so", async () => {
    const { env, sim, close } = await account();
    sim.faults.add({ service: "ecs", operation: "ListClusters", kind: "denied" });
    const io = paper();
    await init(["--account", "--yes", "--file", file], io, env);
    await close();

    expect((await written()).clusters).toEqual([]);
    expect(io.written.err).toContain("not looked at: clusters: AccessDeniedException");
  });

  it("writes over nothing that is there, unless it is told to", async () => {
    writeFileSync(file, "mine");
    const io = paper();
    expect(await main(["init", "--yes", "--file", file], io)).toBe(2);
    expect(io.written.err).toContain("--force");
    expect(readFileSync(file, "utf8")).toBe("mine");

    expect(await init(["--yes", "--force", "--file", file], paper(), {})).toBe(0);
    expect((await written()).services).toEqual([]);
  });
});
