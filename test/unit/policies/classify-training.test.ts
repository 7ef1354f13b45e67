import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { trainingCauseOf } from "../../../src/policies/classify-training.ts";
import { trainingFacts } from "../../../src/signals/sagemaker-training.ts";

const arn = "arn:aws:sagemaker:us-east-2:123456789012:training-job/tune";
const cause = (TrainingJobStatus: string, SecondaryStatus: string, FailureReason?: string) =>
  trainingCauseOf(
    trainingFacts.parse({
      TrainingJobName: "tune",
      TrainingJobArn: arn,
      TrainingJobStatus,
      SecondaryStatus,
      FailureReason,
    }),
  ).kind;

it.each([
  ["Stopped", "MaxWaitTimeExceeded", undefined, "waited-too-long"],
  ["Failed", "Failed", "CapacityError: Unable to provision requested ML compute capacity.", "capacity"],
  ["Failed", "Failed", "InternalServerError: We encountered an internal error. Please try again.", "service"],
  ["Failed", "Failed", "AlgorithmError: ExecuteUserScriptError: exit code: 137", "itself"],
  ["Failed", "Failed", "ClientError: Data download failed: no such key", "itself"],
  ["Failed", "Failed", undefined, "itself"],
  ["Stopped", "MaxRuntimeExceeded", undefined, "itself"],
  ["Stopped", "Stopped", undefined, "nothing"],
  ["InProgress", "Interrupted", undefined, "nothing"],
  ["Completed", "Completed", undefined, "nothing"],
])("%s, %s, %s: %s", (status, secondary, reason, kind) => {
  expect(cause(status, secondary, reason)).toBe(kind);
});

it("the event as AWS prints it failed for want of capacity", () => {
  const event = JSON.parse(
    readFileSync(new URL("../../fixtures/events/training.failed.json", import.meta.url), "utf8"),
  ) as {
    detail: unknown;
  };
  expect(trainingCauseOf(trainingFacts.parse(event.detail)).kind).toBe("capacity");
});
