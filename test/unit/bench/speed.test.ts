import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { percentile } from "../../../bench/speed/figures.ts";
import { Waves } from "../../../bench/speed/trips.ts";

const ms = z.number().positive();
const kB = z.number().positive();

/** What others read of it; more fields may join. */
const speed = z.object({
  firstAction: z.object({
    runs: z.literal(3),
    p50Ms: ms,
    p99Ms: ms,
    bareP50Ms: ms,
    dynalite: z.object({ p50Ms: ms, p99Ms: ms }),
    roundTrips: z.int().positive(),
    path: z.array(z.array(z.string()).nonempty()),
  }),
  functions: z.array(z.object({ name: z.string(), kB, importMs: ms, emptyImportMs: ms })).nonempty(),
  intake: z.object({ eventsPerSecond: z.number().positive() }),
});

describe("npm run bench:speed", () => {
  let stdout = "";
  let stderr = "";
  beforeAll(async () => {
    const script = fileURLToPath(new URL("../../../bench/speed.ts", import.meta.url));
    const tiny = ["--runs", "3", "--imports", "1", "--seconds", "0.1", "--only", "spot"];
    ({ stdout, stderr } = await promisify(execFile)(process.execPath, [script, "--json", ...tiny]));
  }, 60_000);

  it("prints one JSON object on standard output, and nothing else", () => {
    const { functions, firstAction } = speed.parse(JSON.parse(stdout));
    expect(functions.map(({ name }) => name)).toEqual(["spot"]);
    expect(firstAction.path).toHaveLength(firstAction.roundTrips);
  });

  it("tells people on standard error what is in the figures and what is not", () => {
    expect(stderr).toMatch(/AWS answers at once/);
    expect(stderr).toMatch(/No network, no signing, no cold start/);
    expect(stderr).toMatch(/round trips come on top/);
  });
});

describe("a percentile", () => {
  it("is the value that this share of the values does not exceed", () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(percentile(values, 0.5)).toBe(50);
    expect(percentile(values, 0.99)).toBe(99);
    expect(percentile([7], 0.99)).toBe(7);
  });

  it("is not made up where there are no values", () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
  });
});

describe("waves", () => {
  it("count calls one after the other, and those at the same time once", async () => {
    const { onTrip, waves } = new Waves();
    const twice = async (what: string) => {
      await onTrip("table", `${what} 1`);
      await onTrip("aws", `${what} 2`);
    };

    await Promise.all([twice("a"), twice("b"), onTrip("lambda", "c")]);

    expect(waves.map((wave) => wave.map(({ what }) => what))).toEqual([
      ["a 1", "b 1", "c"],
      ["a 2", "b 2"],
    ]);
  });
});
