import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

const estimate = z.object({ mean: z.number(), low: z.number(), high: z.number() });
const fared = z.object({ loss: estimate, metrics: z.record(z.string(), estimate) });

/** What others read of it; more fields may join. */
const output = z.object({
  scenarios: z.array(
    z.object({
      id: z.string(),
      seeds: z.int().positive(),
      bot: fared,
      baselines: z.array(fared.extend({ name: z.string() })).nonempty(),
      oracle: fared,
      recoveredShare: z.number().nullable(),
      ci95: z.tuple([z.number(), z.number()]).nullable(),
      falseActions: z.number(),
      harmfulActions: z.number().nullable(),
      prompts: z.number(),
    }),
  ),
});

const script = fileURLToPath(new URL("../../../../bench/remediation.ts", import.meta.url));
const bench = (...given: string[]) => promisify(execFile)(process.execPath, [script, ...given]);

const folder = mkdtempSync(join(tmpdir(), "remediation-"));
const report = join(folder, "report.html");
const traces = ["--traces", folder, "--scenario", "s1"];

/** Two zones that take turns, two days in steps of a restart, which the limit is reckoned in; and jobs of an hour or two. */
function writeTraces(): void {
  const zone = (first: number) => ({
    gap_s: 390,
    n: 480,
    max: 1,
    rle: Array.from({ length: 24 }, (_, i) => [(i + first) % 2, 20]),
  });
  mkdirSync(join(folder, "spot"));
  mkdirSync(join(folder, "gpu-jobs"));
  writeFileSync(
    join(folder, "spot", "skypilot_ours.json"),
    JSON.stringify({ "availability/1-node/ours/xx-1a_v100": zone(0), "availability/1-node/ours/xx-1b_v100": zone(1) }),
  );
  writeFileSync(join(folder, "gpu-jobs", "our_runtimes_s.csv"), "runtime\n3600\n7200\n");
}

describe("npm run bench:remediation", () => {
  let stdout = "";
  let stderr = "";
  beforeAll(async () => {
    writeTraces();
    ({ stdout, stderr } = await bench(...traces, "--seeds", "2", "--json", "--report", report));
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it("prints one JSON object on standard output, and nothing else", () => {
    const { scenarios } = output.parse(JSON.parse(stdout));
    expect(scenarios.map(({ id, seeds }) => [id, seeds])).toEqual([["S1", 2]]);
  });

  it("tells on standard error how far it is, and the result in words", () => {
    expect(stderr).toContain("S1 Spot and deadlines: world 2 of 2");
    expect(stderr).toContain("recovered share against");
  });

  it("has nobody beat the limit who is in time, and in time all who may go on demand at will", () => {
    const [found] = output.parse(JSON.parse(stdout)).scenarios;
    const inTime = found?.baselines.filter(({ metrics }) => metrics["latePercent"]?.mean === 0) ?? [];
    expect(inTime.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["on demand only", "uniform progress", "Paramedic's policy alone"]),
    );
    // Those of more jobs are no match for the limit of these.
    const paired = inTime.filter(({ name }) => !name.endsWith("160 jobs"));
    for (const { loss } of paired) expect(loss.mean).toBeGreaterThanOrEqual(found?.oracle.loss.mean ?? Infinity);
  });

  it("writes a page that needs nothing else, with a picture of each finding", () => {
    const page = readFileSync(report, "utf8");
    expect(page).toContain("<h2>S1 Spot and deadlines</h2>");
    expect(page.match(/<svg /g)?.length).toBeGreaterThanOrEqual(4);
    expect(page).not.toMatch(/https?:|<script|<link/);
  });

  it.each([
    ["another folder", ["--traces", "/nowhere", "--scenario", "S1"], "there is no folder /nowhere/spot"],
    ["no such scenario", ["--traces", ".", "--scenario", "S99"], "there is no scenario S99"],
    ["no number of seeds", ["--traces", ".", "--seeds", "few"], "--seeds is a whole number"],
  ])("says what is wrong with %s, and exits with 2", async (_, given, says) => {
    await expect(bench(...given)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(says), stdout: "" });
  });
});
