import { beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../../../sim/clock.ts";
import { memoryTable } from "../../../../sim/memory-table.ts";
import type { Table } from "../../../../src/aws/table.ts";
import { forceCircuit, lookAtCircuit, releaseCircuit } from "../../../../src/client/circuit/stored.ts";
import { startMs } from "../given.ts";

const name = "bedrock/claude";
const lease = { minutes: 5 };
const person = { to: "forced-closed", lease, by: "Alex", why: "I know" } as const;
const step = { to: "forced-open", lease, by: "paramedic", why: "it fails", key: "incident-0" } as const;

let table: Table;
let clock: VirtualClock;
beforeEach(() => {
  table = memoryTable();
  clock = new VirtualClock(startMs);
});
type Forced = Parameters<typeof forceCircuit>[2];
const force = (how: Forced) => forceCircuit(table, name, how, clock);
const state = async () => (await lookAtCircuit(table, name, clock)).state;
const generation = async () => (await lookAtCircuit(table, name, clock)).generation;

describe("a step of a runbook that forces a circuit", () => {
  it("is there once, however often it asks", async () => {
    await force(step);
    const { state: held } = await force(step);
    expect(held).toMatchObject({ kind: "forced-open", key: "incident-0", until: startMs + 300_000 });
    expect(await generation()).toBe(1);
  });

  it("yields to what a person has forced, and is told so", async () => {
    await force(person);
    expect((await force(step)).state).toMatchObject({ kind: "forced-closed", by: "Alex" });
    expect(await state()).toMatchObject({ kind: "forced-closed", by: "Alex" });
  });

  it("comes after a will that is over", async () => {
    await force(person);
    clock.advance(300_000);
    expect((await force(step)).state).toMatchObject({ kind: "forced-open", by: "paramedic" });
  });

  it("takes back its own and nothing else", async () => {
    await force(step);
    await force(person);
    await releaseCircuit(table, name, { key: "incident-0" }, clock);
    expect(await state()).toMatchObject({ kind: "forced-closed", by: "Alex" });
  });

  it("ends in a probe when it is taken back, and when its time is over", async () => {
    await force(step);
    clock.advance(60_000);
    await releaseCircuit(table, name, { key: "incident-0" }, clock);
    expect(await state()).toMatchObject({ kind: "open", until: startMs + 60_000 });

    await force({ ...step, key: "incident-1" });
    clock.advance(300_000);
    expect(await state()).toMatchObject({ kind: "open", until: startMs + 360_000 });
  });
});

it("a person's will goes over a step's", async () => {
  await force(step);
  await force(person);
  expect(await state()).toMatchObject({ kind: "forced-closed", by: "Alex" });
});
