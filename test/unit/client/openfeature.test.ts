import { OpenFeature } from "@openfeature/server-sdk";
import { afterEach, describe, expect, it } from "vitest";
import type { FoundLevel } from "../../../src/aws/level.ts";
import { forceCircuit } from "../../../src/client/circuit/stored.ts";
import { openFeatureProvider } from "../../../src/client/openfeature.ts";
import { givenWorkload, startMs } from "./given.ts";

afterEach(() => OpenFeature.clearProviders());

async function given() {
  const world = givenWorkload();
  await OpenFeature.setProviderAndWait(openFeatureProvider(world.process()));
  return { ...world, flags: OpenFeature.getClient() };
}

const cached: FoundLevel = {
  version: 1,
  text: "",
  value: { level: "cached", reason: "slow", incident: "i", key: "k", setBy: "paramedic", since: startMs },
};

describe("levels as flags", () => {
  it("are strings, with the reason of where they come from", async () => {
    const { flags, levels, levelStore, advance } = await given();
    const details = () => flags.getStringDetails("level.chat", "minimal");

    expect(await details()).toMatchObject({ value: "full", reason: "DEFAULT" });
    levels.set("chat", cached);
    await advance(5_000);
    expect(await details()).toMatchObject({ value: "cached", variant: "cached", reason: "STATIC" });
    expect(await details()).toMatchObject({ value: "cached", reason: "CACHED" });
    levelStore.mood = "failing";
    await advance(5_000);
    expect(await details()).toMatchObject({ value: "cached", reason: "STALE" });
  });

  it("are the caller's own default when they have never been readable", async () => {
    const { flags, levelStore } = await given();
    levelStore.mood = "failing";

    expect(await flags.getStringDetails("level.chat", "minimal")).toMatchObject({
      value: "minimal",
      reason: "ERROR",
      errorCode: "GENERAL",
    });
  });
});

describe("circuits as flags", () => {
  it("are true while every call is let through", async () => {
    const { flags, table, clock, advance, ended } = await given();

    expect(await flags.getBooleanDetails("circuit.llm", false)).toMatchObject({ value: true, variant: "closed" });
    await forceCircuit(table, "llm", { to: "forced-open", lease: { minutes: 5 }, by: "alex", why: "a test" }, clock);
    await advance(5_000);
    expect(await flags.getBooleanDetails("circuit.llm", true)).toMatchObject({
      value: false,
      variant: "forced-open",
      reason: "CACHED",
      flagMetadata: { share: 0 },
    });
    table.is("failing");
    await advance(5_000);
    expect(await ended(flags.getBooleanDetails("circuit.llm", true))).toMatchObject({ value: false, reason: "STALE" });
  });
});

describe("flags that are neither", () => {
  it.each(["chat", "level.", "circuit.", "levels.chat"])("%s is not found", async (flag) => {
    const { flags } = await given();

    expect(await flags.getStringDetails(flag, "mine")).toMatchObject({ value: "mine", errorCode: "FLAG_NOT_FOUND" });
    expect(await flags.getBooleanDetails(flag, true)).toMatchObject({ value: true, errorCode: "FLAG_NOT_FOUND" });
    expect(await flags.getNumberDetails(flag, 3)).toMatchObject({ value: 3, errorCode: "FLAG_NOT_FOUND" });
  });

  it("have another type than asked for", async () => {
    const { flags } = await given();

    expect(await flags.getBooleanDetails("level.chat", true)).toMatchObject({
      value: true,
      errorCode: "TYPE_MISMATCH",
    });
    expect(await flags.getStringDetails("circuit.llm", "x")).toMatchObject({ value: "x", errorCode: "TYPE_MISMATCH" });
    expect(await flags.getNumberDetails("level.chat", 3)).toMatchObject({ value: 3, errorCode: "TYPE_MISMATCH" });
    expect(await flags.getObjectDetails("circuit.llm", {})).toMatchObject({ value: {}, errorCode: "TYPE_MISMATCH" });
  });
});
