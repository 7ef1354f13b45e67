import { expect, it } from "vitest";
import { givenWorkload, startMs } from "./given.ts";

const knows = (memoryMiB: number, expiresAt = startMs + 60_000) => ({
  text: "",
  version: 1,
  value: { memoryMiB, isProven: true, job: "tune-1", key: "k", learnedAt: startMs, expiresAt },
});

it("is what the job asks for, or more where that is known to be too little", async () => {
  const { process, memoryStore, clock } = givenWorkload();
  const { memory } = process();
  expect(await memory("tune", 2_048)).toBe(2_048);

  memoryStore.read = (family) => Promise.resolve(family === "tune" ? knows(3_072) : undefined);
  expect(await memory("tune", 2_048)).toBe(3_072);
  expect(await memory("tune", 4_096)).toBe(4_096);
  expect(await memory("embed", 2_048)).toBe(2_048);

  clock.advance(60_000);
  expect(await memory("tune", 2_048)).toBe(2_048);
});

it.each([
  ["fails", () => Promise.reject(new Error("503"))],
  ["hangs", () => new Promise<undefined>(() => {})],
])("is what the job asks for while Parameter Store %s, and that is told", async (_, read) => {
  const { process, memoryStore, ended, ofKind, clock } = givenWorkload();
  memoryStore.read = read;

  expect(await ended(process().memory("tune", 2_048))).toBe(2_048);
  expect(clock.now() - startMs).toBeLessThanOrEqual(1_000);
  expect(ofKind("store-failed")).toMatchObject([{ doing: "reading what memory tune needs" }]);
});
