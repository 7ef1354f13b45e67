import { describe, expect, it } from "vitest";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { changed, eventOf } from "./fixture.ts";

const failed = "training.failed.json";
const at = Date.UTC(2026, 2, 4, 10, 20, 30);
const arn = (resource: string) => `arn:aws:sagemaker:eu-west-1:210987654321:${resource}`;

describe("a training job", () => {
  it("that failed says why, what it ran on, and what it could go on from; its times are text", () => {
    expect(readSignal(eventOf(failed))).toStrictEqual({
      kind: "sagemaker-training",
      eventId: "0b2c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at,
      account: "210987654321",
      region: "eu-west-1",
      name: "chat-tune-r2",
      arn: arn("training-job/chat-tune-r2"),
      status: "Failed",
      secondary: "Failed",
      failure: { code: "CapacityError", reason: expect.stringMatching(/^CapacityError: Unable to provision/) },
      instanceType: "ml.p4d.24xlarge",
      instances: 2,
      spot: true,
      checkpoints: "s3://chat-checkpoints/tune",
      runtimeSecondsMax: 86_400,
      waitSecondsMax: 172_800,
      retriesMax: 3,
      createdAt: 1_772_612_400_000,
      startedAt: 1_772_613_000_000,
      endedAt: 1_772_619_629_000,
      modifiedAt: 1_772_619_629_287,
      transitions: [
        { secondary: "Starting", at: 1_772_612_400_000, message: "Preparing the instances for training" },
        { secondary: "Failed", at: 1_772_619_629_000, message: "Training job failed" },
      ],
      tags: { "paramedic:service": "chat" },
    });
  });

  it("is the same signal each time one change is sent, but for the event's id", () => {
    const { eventId: one, ...first } = readSignal(eventOf(failed)) as { eventId: string };
    const { eventId: other, ...again } = readSignal(changed(failed, "id", "another")) as { eventId: string };

    expect(again).toStrictEqual(first);
    expect(other).not.toBe(one);
  });

  it("of spot that SageMaker resumes is told from one that waited too long", () => {
    for (const secondary of ["Interrupted", "MaxWaitTimeExceeded", "Restarting"])
      expect(readSignal(changed(failed, "detail.SecondaryStatus", secondary))).toMatchObject({ secondary });
  });

  it("has no code when its reason does not begin with the name of an error", () => {
    expect(readSignal(changed(failed, "detail.FailureReason", "Please look at the logs"))).toMatchObject({
      failure: { reason: "Please look at the logs" },
    });
    expect(readSignal(changed(failed, "detail.FailureReason", "Please look"))).not.toHaveProperty("failure.code");
    expect(readSignal(changed(failed, "detail.FailureReason", undefined))).not.toHaveProperty("failure");
  });

  it("goes by the name in its detail, which its ARN need not have", () => {
    expect(readSignal(changed(failed, "detail.TrainingJobName", "89c96cc8"))).toMatchObject({ name: "89c96cc8" });
  });

  it("cuts what is too long to be kept with an incident, and leaves no half of a character", () => {
    const signal = readSignal(changed(failed, "detail.FailureReason", `${"x".repeat(1999)}😀`));

    expect(signal).toMatchObject({ failure: { reason: `${"x".repeat(1999)}\ufffd` } });
  });

  it.each([
    ["detail.TrainingJobName", undefined],
    ["detail.TrainingJobArn", "chat-tune"],
    ["detail.TrainingJobStatus", "FAILED"],
    ["detail.SecondaryStatus", undefined],
  ])("with %s = %j is unreadable, and the answer says so", (path, value) => {
    expect(readSignal(changed(failed, path, value))).toMatchObject({
      kind: "unreadable",
      why: expect.stringContaining(`${path}: `),
    });
  });
});

describe("an endpoint", () => {
  it("has the status the API would say, and times in three spellings", () => {
    expect(readSignal(eventOf("endpoint-in-service.json"))).toStrictEqual({
      kind: "sagemaker-endpoint",
      eventId: "ff1c2a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at: 1_772_619_630_050,
      account: "210987654321",
      region: "eu-west-1",
      name: "chat",
      arn: arn("endpoint/chat"),
      config: "chat-9",
      status: "InService",
      variants: [
        { name: "blue", weight: 1, instances: 2 },
        { weight: 0, instances: 1 },
      ],
      createdAt: 1_772_612_400_203,
      modifiedAt: 1_772_619_629_287,
    });
  });

  it.each([
    ["OUT_OF_SERVICE", "OutOfService"],
    ["SYSTEM_UPDATING", "SystemUpdating"],
    ["ROLLING_BACK", "RollingBack"],
    ["UPDATE_ROLLBACK_FAILED", "UpdateRollbackFailed"],
    ["FAILED", "Failed"],
    ["InService", "InService"],
  ])("spelled %s is %s", (said, status) => {
    expect(readSignal(changed("endpoint-in-service.json", "detail.EndpointStatus", said))).toMatchObject({ status });
  });

  it("of an unknown status is unreadable, and the answer says so", () => {
    expect(readSignal(changed("endpoint-in-service.json", "detail.EndpointStatus", "MELTING"))).toMatchObject({
      kind: "unreadable",
      why: 'detail.EndpointStatus: "MELTING" is not the status of an endpoint',
    });
  });
});

describe("a HyperPod node", () => {
  it("that is broken says what of it, and that nobody repairs it", () => {
    expect(readSignal(eventOf("hyperpod-node-health.json"))).toStrictEqual({
      kind: "hyperpod-node-health",
      eventId: "0c2c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at,
      account: "210987654321",
      region: "eu-west-1",
      cluster: { name: "pretrain", arn: arn("cluster/abcd1234efgh") },
      instanceId: "i-0b662ef9931388ba0",
      healthy: false,
      status: "Unhealthy",
      fault: "NvidiaErrorReboot",
      reason: expect.stringMatching(/^HyperPod Health Monitoring Agent/),
      repair: "None",
      recommendation: "Please Reboot the Faulty Node.",
    });
  });

  it("is well only when it says exactly that", () => {
    const path = "detail.HealthSummary.HealthStatus";

    expect(readSignal(changed("hyperpod-node-health.json", path, "Healthy"))).toMatchObject({ healthy: true });
    expect(readSignal(changed("hyperpod-node-health.json", path, "Recovering"))).toMatchObject({ healthy: false });
  });

  it("takes the id that AWS's own example has, of letters beyond f", () => {
    expect(readSignal(changed("hyperpod-node-health.json", "detail.InstanceId", "i-12345678abcdefghi"))).toMatchObject({
      instanceId: "i-12345678abcdefghi",
    });
  });
});
