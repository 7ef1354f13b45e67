import { describe, expect, it } from "vitest";
import { signalInWords } from "../../../src/signals/in-words.ts";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { textOf } from "./fixture.ts";

describe("a signal in words", () => {
  it.each([
    ["spot-interruption.json", "EC2 is about to terminate spot instance i-0b662ef9931388ba0"],
    ["rebalance.json", "EC2 expects to take spot instance i-0b662ef9931388ba0 back"],
    ["capacity-interruption.json", "EC2 is about to terminate i-0b662ef9931388ba0: its reservation is taken back"],
    ["capacity-interruption.block.json", "EC2 is about to terminate i-0b662ef9931388ba0: its Capacity Block ends"],
    ["capacity-block-expiring.json", "Capacity Block cr-0a1b2c3d4e5f60718 is about to end"],
    ["capacity-reclaimed.json", "reservation cr-0a1b2c3d4e5f60718 has 3 of its instances back"],
    ["asg-launch-failed.json", "Auto Scaling group spot could not launch an instance"],
    ["asg-terminated.json", "Auto Scaling group spot terminated i-0b662ef9931388ba0"],
    [
      "lifecycle-action.terminating.json",
      "Auto Scaling group spot holds i-0b662ef9931388ba0, terminating, at hook drain",
    ],
    ["ecs-task.fargate-spot-warning.json", "task 0f1e2d3c4b5a69788796a5b4c3d2e1f0 is about to lose its capacity"],
    ["ecs-task.out-of-memory.json", "task 0f1e2d3c4b5a69788796a5b4c3d2e1f0 is STOPPED"],
    ["ecs-container-instance.json", "container instance i-0b662ef9931388ba0 is DRAINING"],
    ["ecs-placement-failure.json", "service rank: SERVICE_TASK_PLACEMENT_FAILURE"],
    ["batch-job.out-of-memory.json", "Batch job embed-shard-12 is FAILED"],
    [
      "batch-queue-blocked.json",
      "Batch queue spot waits for embed-shard-12: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for instance type [p5.48xlarge]",
    ],
    ["batch-preemption.started.json", "Batch takes the capacity of service job 51f245a9-2995-4a53-bced-7b3c00028f84"],
    ["training.failed.json", "training job chat-tune-r2 is Failed, Failed"],
    ["endpoint-in-service.json", "endpoint chat is InService"],
    ["hyperpod-node-health.json", "node i-0b662ef9931388ba0 of pretrain is Unhealthy: NvidiaErrorReboot"],
    ["alarm.json", 'alarm "inference p99: too slow" went from OK to ALARM'],
    ["alarm-contributor.json", 'alarm "any function fails" went to ALARM for embed'],
    ["health.retirement.json", "AWS Health about EC2: AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED"],
    ["budget.txt", 'budget "inference, all of it": forecasted 12345.6 of 1000 USD'],
    ["cost-anomaly.json", "spend on Amazon Bedrock is 1001 dollars more than expected"],
    ["parameter-change.json", "parameter /paramedic/level/chat: Update"],
    ["change-calendar.json", "change calendar release-freeze is CLOSED"],
  ])("is one line: %s", (name, words) => {
    const signal = readSignal(textOf(name));

    if (signal.kind === "unknown" || signal.kind === "unreadable") throw new Error(JSON.stringify(signal));
    if (signal.kind === "samples" || signal.kind === "anomaly") throw new Error(signal.kind);
    expect(signalInWords(signal)).toBe(words);
  });
});
