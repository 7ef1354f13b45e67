import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { causeInWords, causeOf } from "../../../src/policies/classify-job.ts";
import { batchJobFacts } from "../../../src/signals/batch-job.ts";

const arn = (kind: string, name: string) => `arn:aws:batch:us-east-2:123456789012:${kind}/${name}`;

/** A failed job as Batch tells of it, read as the bot reads it. */
const failed = (said: object) =>
  batchJobFacts.parse({
    jobArn: arn("job", "1"),
    jobId: "1",
    jobName: "embed-1",
    jobQueue: arn("job-queue", "spot"),
    jobDefinition: arn("job-definition", "embed:7"),
    status: "FAILED",
    ...said,
  });
const cause = (said: object) => causeOf(failed(said));
const attempt = (statusReason: string, container: object = {}) => ({
  statusReason,
  attempts: [{ container, statusReason }],
  container,
});
const exited = "Essential container in task exited";
const lost = "Host EC2 (instance i-0b662ef9931388ba0) terminated.";

describe("a job whose host was lost", () => {
  it("is the host's failure", () => {
    expect(cause(attempt(lost))).toEqual({ kind: "host", instanceId: "i-0b662ef9931388ba0" });
  });

  it("is the host's also when only the attempt says so, or the text names no instance", () => {
    expect(cause({ attempts: [{ statusReason: lost }] })).toMatchObject({ kind: "host" });
    expect(cause(attempt("Host EC2 terminated."))).toEqual({ kind: "host" });
  });

  it("is its own when it had ended by itself before", () => {
    expect(cause(attempt(lost, { exitCode: 1 }))).toMatchObject({ kind: "itself", exitCode: 1 });
  });

  it("is judged by its last attempt alone", () => {
    const attempts = [
      { statusReason: lost, container: {} },
      { statusReason: exited, container: { exitCode: 2 } },
    ];
    expect(cause({ statusReason: exited, attempts, container: { exitCode: 2 } })).toMatchObject({
      kind: "itself",
      exitCode: 2,
    });
  });
});

describe("exit code 137", () => {
  const oom = { exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" };

  it("is memory when the reason says so", () => {
    const resourceRequirements = [{ type: "MEMORY", value: "2048" }];
    expect(cause(attempt(exited, { ...oom, resourceRequirements }))).toEqual({
      kind: "out-of-memory",
      memoryMiB: 2_048,
    });
  });

  it("alone is any SIGKILL, and the job's own", () => {
    expect(cause(attempt(exited, { exitCode: 137 }))).toMatchObject({ kind: "itself", exitCode: 137 });
  });

  it("is needed beside the word", () => {
    expect(cause(attempt(exited, { ...oom, exitCode: 1 }))).toMatchObject({ kind: "itself", exitCode: 1 });
  });

  it("of a job that somebody stopped is no want of memory", () => {
    expect(cause({ ...attempt(exited, oom), isTerminated: true })).toEqual({ kind: "stopped" });
  });
});

describe("a job that somebody stopped", () => {
  it.each(["isCancelled", "isTerminated"])("is left alone, by %s, whatever the reason says", (flag) => {
    expect(cause({ ...attempt(lost), [flag]: true })).toEqual({ kind: "stopped" });
  });

  it("is taken for stopped when the flag cannot be read", () => {
    expect(cause({ ...attempt(lost), isTerminated: "perhaps" })).toEqual({ kind: "stopped" });
  });
});

describe("a job that never ran", () => {
  it("failed for want of capacity when its queue's time limit took it out, though that sets a flag", () => {
    const statusReason =
      "Terminated by JobStateTimeLimit action due to reason: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY";
    expect(cause({ statusReason, isTerminated: true })).toEqual({ kind: "capacity" });
  });

  it("is stopped when the time limit took it out because no instance could ever hold it", () => {
    const statusReason =
      "Terminated by JobStateTimeLimit action due to reason: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT";
    expect(cause({ statusReason, isTerminated: true })).toEqual({ kind: "stopped" });
  });

  it("failed with the one it depends on", () => {
    expect(cause({ statusReason: "Dependent Job failed" })).toEqual({ kind: "dependency" });
  });

  it("failed by itself when its container could not be started", () => {
    const reason = "CannotPullContainerError: manifest for embed:8 not found";
    expect(cause(attempt("Task failed to start", { reason }))).toEqual({ kind: "itself", reason });
  });
});

it("a job that ran too long has its own kind", () => {
  expect(cause(attempt("Job attempt duration exceeded timeout", { exitCode: 137 }))).toEqual({ kind: "timeout" });
});

it("a job of which nobody says why it failed failed by itself", () => {
  expect(cause({})).toEqual({ kind: "itself", reason: "no reason is given" });
});

it("the events as AWS prints them are told apart", () => {
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(new URL(`../../fixtures/events/batch-job.${name}.json`, import.meta.url), "utf8"));
  const detail = (name: string) => batchJobFacts.parse((read(name) as { detail: unknown }).detail);
  expect(causeOf(detail("out-of-memory"))).toEqual({ kind: "out-of-memory", memoryMiB: 2_048 });
  expect(causeOf(detail("eks"))).toEqual({ kind: "out-of-memory" });
  expect(causeOf(detail("retrying"))).toEqual({ kind: "host", instanceId: "i-0b662ef9931388ba0" });
});

it("every cause has its words", () => {
  expect(causeInWords(cause(attempt(lost)))).toBe("its host i-0b662ef9931388ba0 is gone");
  expect(causeInWords(cause(attempt(exited, { exitCode: 3 })))).toBe(
    "it ended with exit code 3 (Essential container in task exited)",
  );
});
