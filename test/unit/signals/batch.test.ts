import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { changed, eventOf } from "./fixture.ts";

/** As much of a job's body as these tests change. */
const body = z.looseObject({ container: z.looseObject({}) });
const bodies = z.object({ detail: body.extend({ attempts: z.array(body) }) });

const retrying = "batch-job.retrying.json";
const killed = "batch-job.out-of-memory.json";
const at = Date.UTC(2026, 2, 4, 10, 20, 30);
const arn = (resource: string) => `arn:aws:batch:eu-west-1:210987654321:${resource}`;
const job = {
  id: "5d7a3a1e-0a82-49aa-ba5a-4727fcce14a8",
  arn: arn("job/5d7a3a1e-0a82-49aa-ba5a-4727fcce14a8"),
  name: "embed-shard-12",
  queue: arn("job-queue/spot"),
  definition: arn("job-definition/embed:7"),
};

describe("a Batch job", () => {
  it("that lost its host names the instance and how often Batch will still try", () => {
    const reason = "Host EC2 (instance i-0b662ef9931388ba0) terminated.";

    expect(readSignal(eventOf(retrying))).toStrictEqual({
      kind: "batch-job",
      eventId: "052c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at,
      account: "210987654321",
      region: "eu-west-1",
      job,
      status: "RUNNABLE",
      statusReason: reason,
      attempts: [
        {
          startedAt: 1_772_618_430_058,
          stoppedAt: 1_772_619_620_058,
          statusReason: reason,
          exits: [{ outOfMemory: false }],
        },
      ],
      exit: { outOfMemory: false },
      outOfMemory: false,
      instanceId: "i-0b662ef9931388ba0",
      attemptsMax: 3,
      attemptsLeft: 2,
      stopped: false,
      many: false,
      memoryMiB: 2048,
      vcpus: 2,
      gpus: 1,
      createdAt: 1_772_618_400_058,
      tags: { "paramedic:service": "embed" },
    });
  });

  it("that was killed for its memory says so, how much it had, and that nothing tries again", () => {
    expect(readSignal(eventOf(killed))).toMatchObject({
      status: "FAILED",
      outOfMemory: true,
      exit: { exitCode: 137, outOfMemory: true },
      memoryMiB: 2048,
      share: "research",
      attemptsMax: 3,
      attemptsLeft: 0,
      stopped: false,
    });
  });

  it("that was killed without a word of memory did not run out of it", () => {
    const { container, attempts } = bodies.parse(eventOf(killed)).detail;
    const reason = "Task stopped";
    const event = changed(killed, "detail.container", { ...container, reason });
    const attempt = { ...attempts[0], container: { ...attempts[0]?.container, reason } };
    Object.assign(Object(event).detail, { attempts: [attempt] });

    expect(readSignal(event)).toMatchObject({ outOfMemory: false, exit: { exitCode: 137 } });
  });

  it("is judged by its last attempt, not by one before it", () => {
    const { attempts } = bodies.parse(eventOf(killed)).detail;
    const event = changed(killed, "detail.container", { exitCode: 1 });
    const last = { container: { exitCode: 1 }, statusReason: "Essential container in task exited" };
    Object.assign(Object(event).detail, { attempts: [...attempts, last] });

    expect(readSignal(event)).toMatchObject({ outOfMemory: false });
  });

  it("on EKS has several containers, and belongs to an array", () => {
    expect(readSignal(eventOf("batch-job.eks.json"))).toMatchObject({
      outOfMemory: true,
      many: true,
      attemptsMax: 1,
      attempts: [
        {
          exits: [
            { name: "main", exitCode: 137, outOfMemory: true },
            { name: "sidecar", exitCode: 0, outOfMemory: false },
          ],
        },
      ],
    });
  });

  it("of several containers on ECS is read in every one of them", () => {
    const attempt = {
      taskProperties: [{ containers: [{ name: "main", exitCode: 137, reason: "OutOfMemoryError: killed" }] }],
    };

    expect(readSignal(changed(retrying, "detail.attempts", [attempt]))).toMatchObject({ outOfMemory: true });
  });

  it("that stands alone is not many, also when Batch writes empty properties", () => {
    expect(readSignal(changed(retrying, "detail.arrayProperties", {}))).toMatchObject({ many: false });
    expect(readSignal(changed(retrying, "detail.nodeProperties", { numNodes: 4 }))).toMatchObject({ many: true });
  });

  it.each(["isCancelled", "isTerminated"])(
    "that somebody stopped is told by %s, also by one that cannot be read",
    (field) => {
      for (const value of [true, "yes"])
        expect(readSignal(changed(killed, `detail.${field}`, value))).toMatchObject({ stopped: true });
      expect(readSignal(changed(killed, `detail.${field}`, undefined))).toMatchObject({ stopped: false });
    },
  );

  it("without a retry strategy has one attempt, and before it none is used up", () => {
    const event = changed(retrying, "detail.retryStrategy", undefined);
    Object.assign(Object(event).detail, { attempts: [] });

    expect(readSignal(event)).toMatchObject({ attemptsMax: 1, attemptsLeft: 1 });
  });

  it("reads sizes from where old definitions have them", () => {
    expect(readSignal(changed(retrying, "detail.container", { vcpus: 4, memory: 512 }))).toMatchObject({
      vcpus: 4,
      memoryMiB: 512,
    });
  });

  it.each([
    ["detail.status", "LOST"],
    ["detail.jobId", undefined],
    ["detail.jobQueue", "spot"],
    ["detail.jobDefinition", undefined],
  ])("with %s = %j is unreadable, and the answer says so", (path, value) => {
    expect(readSignal(changed(killed, path, value))).toMatchObject({
      kind: "unreadable",
      why: expect.stringContaining(`${path}: `),
    });
  });
});

describe("a blocked queue", () => {
  it("names the job at its head, and what it waits for", () => {
    expect(readSignal(eventOf("batch-queue-blocked.json"))).toStrictEqual({
      kind: "batch-queue-blocked",
      eventId: "082c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at,
      account: "210987654321",
      region: "eu-west-1",
      job,
      cause: "capacity",
      code: "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
      reason: expect.stringMatching(/p5\.48xlarge/),
    });
  });

  it.each([
    ["MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job asks for more", "misconfiguration"],
    ["CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY", "capacity"],
    ["{{blocked-reason}}", "unknown"],
    [undefined, "unknown"],
  ])("for %j is of cause %s", (reason, cause) => {
    expect(readSignal(changed("batch-queue-blocked.json", "detail.statusReason", reason))).toMatchObject({ cause });
  });
});

describe("a preemption", () => {
  it("begins, and says why", () => {
    expect(readSignal(eventOf("batch-preemption.started.json"))).toMatchObject({
      kind: "batch-preemption",
      phase: "started",
      job: arn("service-job/51f245a9-2995-4a53-bced-7b3c00028f84"),
      status: "RUNNING",
      reason: expect.stringMatching(/^PREEMPTION_IN_PROGRESS/),
    });
  });

  it("ends, and says how often it happened", () => {
    expect(readSignal(eventOf("batch-preemption.completed.json"))).toMatchObject({
      phase: "completed",
      preemptions: 2,
    });
  });
});
