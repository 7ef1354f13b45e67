import { describe, expect, it } from "vitest";
import { carriedOn, deadlineOf } from "../../../src/policies/job-deadline.ts";

const minute = 60_000;
const start = Date.UTC(2026, 10, 22, 3);
const tags = {
  "paramedic:deadline": new Date(start + 600 * minute).toISOString(),
  "paramedic:work-minutes": "240",
  "paramedic:checkpoint-minutes": "30",
};
const job = (more: object = {}) => ({ tags, attempts: [], createdAt: start, status: "RUNNABLE" as const, ...more });
const attempt = (from: number, to: number) => ({
  startedAt: start + from * minute,
  stoppedAt: start + to * minute,
  exits: [],
});
const read = (one: Parameters<typeof deadlineOf>[0], now = start) => {
  const deadline = deadlineOf(one, now);
  if (typeof deadline === "string") throw new Error(deadline);
  return deadline;
};

describe("what is done of a job", () => {
  it("is whole checkpoints of what was interrupted, and all of what runs", () => {
    expect(read(job({ attempts: [attempt(0, 70), attempt(90, 119)] })).doneMs).toBe(60 * minute);
    const running = job({ attempts: [attempt(0, 70)], status: "RUNNING", startedAt: start + 100 * minute });
    expect(read(running, start + 115 * minute).doneMs).toBe(75 * minute);
  });

  it("is nothing without checkpoints", () => {
    const { "paramedic:checkpoint-minutes": _, ...without } = tags;
    expect(read(job({ tags: without, attempts: [attempt(0, 200)] })).doneMs).toBe(0);
  });

  it("is carried on by copies, with the time of the first submission", () => {
    const carried = carriedOn(job({ attempts: [attempt(0, 70)] }), start);
    expect(carried).toEqual({ "paramedic:done-minutes": "60", "paramedic:since": String(start) });
    const copy = job({ tags: { ...tags, ...carried }, createdAt: start + 90 * minute, attempts: [attempt(100, 140)] });
    expect(read(copy)).toMatchObject({ doneMs: 90 * minute, sinceMs: start });
    expect(carriedOn(job({ tags: { team: "chat" } }), start)).toEqual({});
  });
});

describe("a deadline that cannot be read", () => {
  it.each(["", "tomorrow", "2026-11-22", "2026-11-22T13:00:00", "1764000000"])("is told of: %j", (said) => {
    expect(deadlineOf(job({ tags: { ...tags, "paramedic:deadline": said } }), start)).toMatch(/is no time with a zone/);
  });
});
