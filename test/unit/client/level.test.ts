import { describe, expect, it } from "vitest";
import type { FoundLevel, LevelValue } from "../../../src/aws/level.ts";
import { atLeast } from "../../../src/client/level.ts";
import { levels } from "../../../src/runbook/look/service.ts";
import { givenWorkload, startMs } from "./given.ts";

const found = (level: LevelValue["level"], expiresAt?: number): FoundLevel => ({
  version: 1,
  text: "",
  value: { level, reason: "slow", incident: "i", key: "k", setBy: "paramedic", since: startMs, expiresAt },
});

describe("the level of a service", () => {
  it("is what the parameter says, and full when there is none", async () => {
    const { process, levels } = givenWorkload();
    const { level } = process();
    levels.set("chat", found("cached"));

    expect(await level("chat")).toBe("cached");
    expect(await level("rank")).toBe("full");
  });

  it("is full from the moment it expires, also out of the cache", async () => {
    const { process, levels, advance } = givenWorkload();
    const { level } = process();
    levels.set("chat", found("minimal", startMs + 3_000));

    expect(await level("chat")).toBe("minimal");
    await advance(3_000);
    expect(await level("chat")).toBe("full");
  });

  it("is read once in five seconds, however many ask", async () => {
    const { process, levels, levelStore, advance } = givenWorkload();
    const { level } = process();
    levels.set("chat", found("limited"));

    await Promise.all(Array.from({ length: 50 }, () => level("chat")));
    expect(levelStore.reads).toBe(1);
    levels.set("chat", found("cached"));
    await advance(4_999);
    expect(await level("chat")).toBe("limited");
    await advance(1);
    expect(await level("chat")).toBe("cached");
    expect(levelStore.reads).toBe(2);
  });

  it.each(["failing", "hanging"] as const)(
    "is the last known one while it cannot be read (%s), and is told",
    async (mood) => {
      const { process, levels, levelStore, advance, ended, ofKind, clock } = givenWorkload();
      const { level, seeLevel } = process();
      levels.set("chat", found("cached", startMs + 60_000));
      await level("chat");
      levelStore.mood = mood;
      await advance(10_000);
      const beganAt = clock.now();

      expect(await ended(seeLevel("chat"))).toEqual({ level: "cached", from: "last-known", isCached: false });
      expect(clock.now() - beganAt).toBeLessThanOrEqual(1_000);
      expect(await seeLevel("chat")).toMatchObject({ from: "last-known", isCached: true });
      expect(ofKind("store-failed")).toMatchObject([{ doing: "reading the level of chat" }]);
      await advance(50_000);
      expect(await ended(level("chat"))).toBe("full");
    },
  );

  it("is the last known one when somebody writes what is no level", async () => {
    const { process, levels, advance, ofKind } = givenWorkload();
    const { level } = process();
    levels.set("chat", found("limited"));
    await level("chat");
    levels.set("chat", { version: 2, text: "turbo" });
    await advance(5_000);

    expect(await level("chat")).toBe("limited");
    expect(ofKind("store-failed")).toHaveLength(1);
  });

  it("is the one compiled in when it has never been readable", async () => {
    const { process, levelStore } = givenWorkload();
    levelStore.mood = "failing";

    expect(await process({ level: "minimal" }).seeLevel("chat")).toMatchObject({ level: "minimal", from: "default" });
  });
});

describe("a part that is there from a level on", () => {
  it("is there at that level and above", () => {
    expect(levels.map((level) => atLeast(level, "cached"))).toEqual([true, true, true, false]);
    expect(levels.map((level) => atLeast(level, "full"))).toEqual([true, false, false, false]);
  });
});
