import { describe, expect, it } from "vitest";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { changed, eventOf } from "./fixture.ts";

const at = Date.UTC(2026, 2, 4, 10, 20, 30);
const from = { at, account: "210987654321", region: "eu-west-1" };

describe("an Auto Scaling group", () => {
  it("that could not launch says why and where, and need not have an instance", () => {
    expect(readSignal(eventOf("asg-launch-failed.json"))).toStrictEqual({
      kind: "asg-instance",
      eventId: "0d2c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      ...from,
      change: "launch-failed",
      group: "spot",
      activity: "7f65a1b2-4321-4321-4321-210987654321",
      statusCode: "Failed",
      message: expect.stringMatching(/UnfulfillableCapacity/),
      cause: expect.stringMatching(/difference between desired and actual/),
      zone: "eu-west-1b",
      subnet: "subnet-0a1b2c3d",
      startedAt: Date.UTC(2026, 2, 4, 10, 20, 2),
      endedAt: at,
      origin: "EC2",
      destination: "AutoScalingGroup",
    });
  });

  it("that terminated an instance says so by the event's name, whatever its status code says", () => {
    expect(readSignal(eventOf("asg-terminated.json"))).toMatchObject({
      change: "terminated",
      statusCode: "InProgress",
      instanceId: "i-0b662ef9931388ba0",
      message: "",
    });
  });

  it.each([
    ["EC2 Instance Launch Successful", "launched"],
    ["EC2 Instance Launch Unsuccessful", "launch-failed"],
    ["EC2 Instance Terminate Successful", "terminated"],
    ["EC2 Instance Terminate Unsuccessful", "terminate-failed"],
  ])("tells %s as %s", (name, change) => {
    expect(readSignal(changed("asg-terminated.json", "detail-type", name))).toMatchObject({ change });
  });

  it("of older events does not say where the instance came from", () => {
    expect(readSignal(eventOf("asg-terminated.json"))).not.toHaveProperty("origin");
  });

  it("without a name is unreadable", () => {
    expect(readSignal(changed("asg-terminated.json", "detail.AutoScalingGroupName", undefined))).toMatchObject({
      kind: "unreadable",
      why: "detail.AutoScalingGroupName: missing",
    });
  });
});

describe("a lifecycle action", () => {
  const action = "lifecycle-action.terminating.json";

  it("has what is needed to complete it, and no deadline", () => {
    expect(readSignal(eventOf(action))).toStrictEqual({
      kind: "lifecycle-action",
      eventId: "0f2c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      ...from,
      transition: "terminating",
      group: "spot",
      hook: "drain",
      token: "87654321-4321-4321-4321-210987654321",
      instanceId: "i-0b662ef9931388ba0",
      metadata: '{"cluster":"prod"}',
      origin: "AutoScalingGroup",
      destination: "EC2",
    });
  });

  it("of a launch is told by its transition", () => {
    const event = changed(action, "detail.LifecycleTransition", "autoscaling:EC2_INSTANCE_LAUNCHING") as object;

    expect(readSignal({ ...event, "detail-type": "EC2 Instance-launch Lifecycle Action" })).toMatchObject({
      transition: "launching",
    });
  });

  it.each([
    "LifecycleActionToken",
    "LifecycleHookName",
    "AutoScalingGroupName",
    "EC2InstanceId",
    "LifecycleTransition",
  ])("without its %s is unreadable, for it could not be completed", (field) => {
    expect(readSignal(changed(action, `detail.${field}`, undefined))).toMatchObject({
      kind: "unreadable",
      why: expect.stringContaining(`detail.${field}: `),
    });
  });
});
