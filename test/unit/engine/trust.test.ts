import { beforeEach, describe, expect, it } from "vitest";
import { memoryTable } from "../../../sim/memory-table.ts";
import { createTrust, type Trust, type Verdict, wilsonLower } from "../../../src/engine/trust.ts";
import type { Autonomy } from "../../../src/settings.ts";

let trust: Trust;
let incidents = 0;
beforeEach(() => {
  trust = createTrust(memoryTable(), { now: () => 1_000 });
});

const ends = async (as: Autonomy, ...results: boolean[]): Promise<Verdict | undefined> => {
  let last: Verdict | undefined;
  for (const ok of results) last = await trust.record("degrade", "chat", as, `incident-${(incidents += 1)}`, ok);
  return last;
};
const good = (times: number) => Array<boolean>(times).fill(true);

it("the lower end of the Wilson interval is that of the literature", () => {
  // Values of the 95 % interval as R's binom.wilson prints them.
  expect(wilsonLower(16, 16)).toBeCloseTo(0.8064, 4);
  expect(wilsonLower(8, 10)).toBeCloseTo(0.4902, 4);
  expect(wilsonLower(0, 10)).toBe(0);
  expect(wilsonLower(0, 0)).toBe(0);
});

describe("a runbook", () => {
  it("that has helped 16 times of 16 has earned a veto, and that is proposed once", async () => {
    expect(await ends("approve", ...good(15))).toEqual({ kind: "stays" });
    expect(await ends("approve", true)).toMatchObject({ kind: "promotable", to: "veto" });
    expect(await ends("approve", true)).toEqual({ kind: "stays" });
    expect(await trust.allowed("degrade", "chat", "approve")).toBe("approve");
  });

  it("needs 35 of 35 to go by itself", async () => {
    expect(await ends("veto", ...good(34))).toEqual({ kind: "stays" });
    expect(await ends("veto", true)).toMatchObject({ kind: "promotable", to: "auto" });
  });

  it("that failed twice in five goes one rung down at once, and further if it goes on", async () => {
    expect(await ends("auto", true, false)).toEqual({ kind: "stays" });
    expect(await ends("auto", true, false)).toMatchObject({ kind: "demoted", to: "veto" });
    expect(await trust.allowed("degrade", "chat", "auto")).toBe("veto");
    expect(await ends("veto", false, false)).toMatchObject({ kind: "demoted", to: "approve" });
    expect(await trust.allowed("degrade", "chat", "auto")).toBe("approve");
    expect(await ends("approve", false, false)).toMatchObject({ kind: "demoted", to: "propose" });
    expect(await trust.allowed("degrade", "chat", "auto")).toBe("propose");
  });

  it("is trusted for each service by itself", async () => {
    await ends("auto", false, false);
    expect(await trust.allowed("degrade", "search", "auto")).toBe("auto");
    expect(await trust.allowed("degrade", undefined, "auto")).toBe("auto");
  });

  it("goes as far as the settings say again when people have changed those, or restored it", async () => {
    await ends("auto", false, false);
    expect(await trust.allowed("degrade", "chat", "approve")).toBe("approve");
    await trust.restore("degrade", "chat");
    expect(await trust.allowed("degrade", "chat", "auto")).toBe("auto");
    expect(await ends("auto", false)).toEqual({ kind: "stays" });
  });

  it("is counted once for each incident", async () => {
    await trust.record("degrade", "chat", "auto", "same", false);
    expect(await trust.record("degrade", "chat", "auto", "same", false)).toEqual({ kind: "stays" });
    expect((await trust.read("degrade", "chat")).results).toHaveLength(1);
  });
});
