import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { number, openTraces } from "../../../../bench/remediation/traces.ts";

const folder = mkdtempSync(join(tmpdir(), "traces-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "prices"));
writeFileSync(join(folder, "prices", "a.csv"), 'type,usd\ng5.xlarge,1.5\n"p4d, large",32\n');
writeFileSync(join(folder, "prices", "b.csv.gz"), gzipSync("type,usd\ng5.xlarge,\n"));
writeFileSync(join(folder, "prices", "c.json"), "{");

const traces = openTraces(folder);
const price = z.object({ type: z.string(), usd: number });

describe("a folder of traces", () => {
  it("is read by column, gzipped or not, with commas in quotes", () => {
    expect(traces.find("prices", /^a\.csv$/)).toEqual(["prices/a.csv"]);
    expect(traces.csv("prices/a.csv", price)).toEqual([
      { type: "g5.xlarge", usd: 1.5 },
      { type: "p4d, large", usd: 32 },
    ]);
  });

  it("says file, line and column of what it cannot read", () => {
    expect(() => traces.csv("prices/b.csv.gz", price)).toThrow(/b\.csv\.gz, line 2, usd: /);
    expect(() => traces.json("prices/c.json", price)).toThrow(/c\.json is no JSON/);
  });

  it("says what is missing", () => {
    expect(() => traces.find("spot", /./)).toThrow(`there is no folder ${join(folder, "spot")}`);
    expect(() => traces.find("prices", /^d/)).toThrow("no file in");
    expect(() => traces.csv("prices/d.csv", price)).toThrow("cannot be read");
  });
});
