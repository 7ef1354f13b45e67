import { describe, expect, it } from "vitest";
import { memoryRising } from "../../../../src/runbook/triggers/memory.ts";
import type { EcsTask } from "../../../../src/signals/ecs-task.ts";
import type { Anomaly } from "../../../../src/signals/signal.ts";
import { chat, settingsOf } from "../../../support/settings.ts";

const from = { eventId: "e", at: 1_000, account: "123456789012", region: "us-east-2" };
const { services } = settingsOf({ services: [{ ...chat, memory: { cluster: "gpu", service: "worker" } }] });
const match = (signal: Parameters<typeof memoryRising.match>[0]) => memoryRising.match(signal, services);
const inPercent = {
  namespace: "AWS/ECS",
  name: "MemoryUtilization",
  dimensions: { ClusterName: "gpu", ServiceName: "worker" },
  stat: "Maximum",
};

describe("memory that is higher than expected", () => {
  const anomaly = (value: number): Anomaly => ({
    ...from,
    kind: "anomaly",
    series: inPercent,
    value,
    expected: { low: 30, high: 50 },
    severity: 5,
    why: "80 where 50 are expected",
  });

  it("is a reason to look at the tasks of the service, by what ECS itself measures", () => {
    expect(match(anomaly(80))).toEqual({
      root: "ecs-service/gpu/worker",
      service: "chat",
      signal: {
        service: "chat",
        cluster: "gpu",
        ecsService: "worker",
        metric: inPercent,
        limit: 100,
        at: 1_000,
        why: "80 where 50 are expected",
      },
    });
  });

  it("is none when it is lower", () => {
    expect(match(anomaly(10))).toBeUndefined();
  });
});

describe("a task that was killed for want of memory", () => {
  const task = (more: Partial<EcsTask> = {}): EcsTask => ({
    ...from,
    kind: "ecs-task",
    task: "arn:aws:ecs:us-east-2:123456789012:task/gpu/7",
    cluster: "arn:aws:ecs:us-east-2:123456789012:cluster/gpu",
    lastStatus: "STOPPED",
    desiredStatus: "STOPPED",
    restartedBy: "service",
    service: "worker",
    containers: [{ name: "worker", exitCode: 137, reason: "OutOfMemoryError", outOfMemory: true }],
    ...more,
  });

  it("speaks for the others of its service", () => {
    expect(match(task())).toMatchObject({ signal: { why: "one of its tasks ran out of memory" } });
  });

  it.each<[string, Partial<EcsTask>]>([
    ["another service", { service: "api" }],
    ["another cluster", { cluster: "arn:aws:ecs:us-east-2:123456789012:cluster/cpu" }],
    ["another end", { containers: [{ name: "worker", exitCode: 137, outOfMemory: false }] }],
  ])("says nothing about %s", (_, other) => {
    expect(match(task(other))).toBeUndefined();
  });
});
