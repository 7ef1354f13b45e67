import { beforeEach, describe, expect, it } from "vitest";
import { memoryTable } from "../../../sim/memory-table.ts";
import { createLedger, type Ledger } from "../../../src/engine/ledger.ts";
import { startMs } from "../../support/stack.ts";
import { settingsOf } from "../../support/settings.ts";

let now: number;
let ledger: Ledger;
beforeEach(() => {
  now = startMs;
  ledger = createLedger(memoryTable(), { now: () => now }, settingsOf().limits);
});
const limit = { runs: 2, within: { minutes: 10 }, share: 0.5 };

describe("a limit of runs", () => {
  it("counts one incident once, however often it asks", async () => {
    for (let i = 0; i < 5; i++) expect(await ledger.countRun("r", limit, "a")).toEqual({ granted: true });
    expect(await ledger.countRun("r", limit, "b")).toEqual({ granted: true });
    expect(await ledger.countRun("r", limit, "c")).toMatchObject({ granted: false });
  });

  it("counts what is part of one incident once, whoever asks first", async () => {
    for (const part of ["a1", "a2", "a"])
      expect(await ledger.countRun("r", limit, part, "a")).toEqual({ granted: true });
    expect(await ledger.countRun("r", limit, "b")).toEqual({ granted: true });
    expect(await ledger.countRun("r", limit, "c")).toMatchObject({ granted: false });
    expect(await ledger.countRun("r", limit, "a3", "a")).toEqual({ granted: true });
  });

  it("is open again when its time has passed, and separate for each runbook", async () => {
    for (const incident of ["a", "b"]) await ledger.countRun("r", limit, incident);
    expect(await ledger.countRun("other", limit, "c")).toEqual({ granted: true });
    now += 10 * 60_000 - 1;
    expect(await ledger.countRun("r", limit, "c")).toMatchObject({ granted: false });
    now += 1;
    expect(await ledger.countRun("r", limit, "c")).toEqual({ granted: true });
  });

  it("has people told of the first refusal within its time, by the one refused, even if that one asks again", async () => {
    for (const incident of ["a", "b"]) await ledger.countRun("r", limit, incident);
    const asked = [];
    for (const incident of ["c", "d", "c", "e"]) asked.push(await ledger.countRun("r", limit, incident));
    expect(asked.map((one) => !one.granted && one.page)).toEqual([true, false, true, false]);
    now += 10 * 60_000;
    for (const incident of ["f", "g"]) await ledger.countRun("r", limit, incident);
    expect(await ledger.countRun("r", limit, "h")).toMatchObject({ granted: false, page: true });
  });
});

describe("a share of a fleet", () => {
  const fleet = { scope: "group/gpu", size: 5 };

  it("is rounded down, and counts a target once", async () => {
    expect(await ledger.countShare(fleet, limit, "a", ["instance/1"])).toEqual({ granted: true });
    expect(await ledger.countShare(fleet, limit, "b", ["instance/1"])).toEqual({ granted: true });
    expect(await ledger.countShare(fleet, limit, "c", ["instance/2"])).toEqual({ granted: true });
    expect(await ledger.countShare(fleet, limit, "d", ["instance/3"])).toMatchObject({
      granted: false,
      why: "3 of 5 in group/gpu would be touched, more than 50 %",
      page: true,
    });
  });

  it("allows one target in any fleet", async () => {
    expect(await ledger.countShare({ ...fleet, size: 1 }, limit, "a", ["instance/1"])).toEqual({ granted: true });
  });
});

describe("a lock", () => {
  const until = startMs + 60_000;

  it("is taken again by its owner, and refused to others, who are told whose it is", async () => {
    expect(await ledger.lock(["x"], "a", until)).toEqual({ granted: true });
    expect(await ledger.lock(["x"], "a", until + 1)).toEqual({ granted: true });
    expect(await ledger.lock(["x"], "b", until)).toEqual({
      granted: false,
      why: "x is being remediated by incident a",
    });
  });

  it("of several targets is whole or not at all", async () => {
    await ledger.lock(["y"], "a", until);
    expect(await ledger.lock(["z", "y", "x"], "b", until)).toMatchObject({ granted: false });
    expect(await ledger.lock(["x", "z"], "c", until)).toEqual({ granted: true });
  });

  it("ends with its time, and can be given back only by its owner", async () => {
    await ledger.lock(["x"], "a", until);
    await ledger.release(["x"], "b");
    expect(await ledger.lock(["x"], "b", until)).toMatchObject({ granted: false });
    await ledger.release(["x", "never-taken"], "a");
    expect(await ledger.lock(["x"], "b", until)).toEqual({ granted: true });
    now = until;
    expect(await ledger.lock(["x"], "c", until + 1)).toEqual({ granted: true });
  });
});
