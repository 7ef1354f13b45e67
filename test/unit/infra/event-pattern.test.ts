import { expect, it } from "vitest";
import { matchesPattern } from "../../../sim/event-pattern.ts";

const event = {
  source: "aws.cloudwatch",
  resources: ["arn:a", "arn:b"],
  detail: { alarmName: "chat-slow", state: { value: "ALARM" } },
};

it.each([
  [{ source: ["aws.cloudwatch", "aws.ec2"] }, true],
  [{ source: ["aws.ec2"] }, false],
  [{ detail: { state: { value: ["ALARM"] } } }, true],
  [{ detail: { other: { value: ["ALARM"] } } }, false],
  [{ resources: ["arn:b"] }, true],
  [{ detail: { alarmName: [{ prefix: "chat-" }] } }, true],
  [{ detail: { alarmName: [{ "anything-but": { prefix: "chat-" } }] } }, false],
  [{ detail: { alarmName: [{ "anything-but": ["other"] }] } }, true],
  [{ detail: { missing: [{ "anything-but": ["other"] }] } }, false],
  [{ detail: { missing: [{ exists: false }] } }, true],
])("a pattern %j lets the event through: %s", (pattern, isThrough) => {
  expect(matchesPattern(pattern, event)).toBe(isThrough);
});

it("a pattern that uses more of the language than the rules do is refused, not taken for a match", () => {
  expect(() => matchesPattern({ detail: { alarmName: [{ wildcard: "*-slow" }] } }, event)).toThrow(/wildcard|Invalid/);
});
