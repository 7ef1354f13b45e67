import { describe, expect, it } from "vitest";
import { agree } from "../../../../cli/backtest/agree.ts";
import { isTrail, readTrail } from "../../../../cli/backtest/deed.ts";
import { readPeople } from "../../../../cli/backtest/people.ts";
import { file } from "../given.ts";
import { decided } from "./given.ts";

const record = (more: object = {}) => ({
  eventVersion: "1.11",
  eventTime: "2026-03-04T03:05:00Z",
  eventSource: "ecs.amazonaws.com",
  eventName: "UpdateService",
  readOnly: false,
  userIdentity: { type: "AssumedRole", arn: "arn:aws:sts::123456789012:assumed-role/Admin/alex" },
  requestParameters: { cluster: "gpu", service: "arn:aws:ecs:eu-west-1:123456789012:service/gpu/chat" },
  responseElements: null,
  ...more,
});

describe("CloudTrail", () => {
  it.each([
    ["a record", record()],
    ["a log file", { Records: [record()] }],
    ["lookup-events", { Events: [{ EventId: "e", CloudTrailEvent: JSON.stringify(record()) }] }],
    ["the event on the bus", { "detail-type": "AWS API Call via CloudTrail", source: "aws.ecs", detail: record() }],
  ])("is read as %s", (_, value) => {
    expect(isTrail(value)).toBe(true);
    expect(readTrail(value)).toMatchObject([
      { at: Date.UTC(2026, 2, 4, 3, 5), action: "ecs:UpdateService", names: expect.arrayContaining(["chat", "gpu"]) },
    ]);
  });

  it.each([
    ["looked", { eventName: "DescribeServices" }],
    ["read", { eventName: "Invoke", readOnly: true }],
    ["failed", { errorCode: "AccessDenied" }],
    ["AWS did by itself", { userIdentity: { type: "AWSService", invokedBy: "autoscaling.amazonaws.com" } }],
    [
      "the bot did",
      { userIdentity: { type: "AssumedRole", arn: "arn:aws:sts::1:assumed-role/paramedic-prod-remediate/x" } },
    ],
  ])("says nothing about people where it only %s", (_, more) => {
    expect(readTrail(record(more))).toEqual([]);
  });

  it("is not seen in an event, or in a notification of SNS", () => {
    expect(isTrail({ "detail-type": "ECS Task State Change", detail: {} })).toBe(false);
    expect(isTrail({ Records: [{ Sns: { Timestamp: "2026-03-04T03:05:00Z" } }] })).toBe(false);
    expect(isTrail(null)).toBe(false);
  });
});

describe("a list of what people did", () => {
  it.each([
    ["list.csv", "time,action,resource\n2026-03-04 03:05:00,level.set,service/chat\n"],
    ["list.jsonl", '{"time":"2026-03-04T03:05:00Z","action":"level.set","resource":"service/chat"}\n'],
    ["list.json", '[{"time":1772593500,"action":"level.set","resource":"service/chat"}]'],
  ])("is read from %s", async (name, text) => {
    expect(await readPeople(file(name, text))).toEqual([
      { at: Date.UTC(2026, 2, 4, 3, 5), action: "level.set", who: "somebody", names: ["service/chat", "chat"] },
    ]);
  });

  it.each([
    ["", "is empty"],
    ["time,what\n", "no column is called action"],
    ["time,action,resource\nyesterday,a,b\n", "line 2"],
    ['{"hello":"world"}\n', "neither a record of CloudTrail nor an action"],
    ['{"time":\n', "not JSON"],
  ])("that is none is refused: %j", async (text, said) => {
    await expect(readPeople(file("list.txt", text))).rejects.toThrow(said);
  });
});

describe("agreement", () => {
  const plan = [{ action: "level.set", does: "x", touches: ["service/chat"], calls: ["ssm:PutParameter"] }];
  const incident = decided({ plan });
  const hour = 3_600_000;
  const deed = (action: string, minutes: number, name = "chat") => ({
    at: Date.parse(incident.began) + minutes * 60_000,
    action,
    who: "alex",
    names: [name],
  });
  const kind = (...deeds: ReturnType<typeof deed>[]) => {
    const found = agree({ incidents: [incident] }, deeds, hour);
    return (
      found && { same: found.same, other: found.other, bot: found.onlyBot.length, people: found.onlyPeople.length }
    );
  };

  it.each([
    ["the same call on the same thing", deed("ssm:PutParameter", 20), { same: 1, other: 0, bot: 0, people: 0 }],
    ["the action by its id", deed("level.set", 20), { same: 1, other: 0, bot: 0, people: 0 }],
    ["the call without its service", deed("putparameter", 20), { same: 1, other: 0, bot: 0, people: 0 }],
    ["another call on it", deed("ecs:UpdateService", 20), { same: 0, other: 1, bot: 0, people: 0 }],
    ["the same on something else", deed("level.set", 20, "search"), { same: 0, other: 0, bot: 1, people: 1 }],
    ["the same, too late", deed("level.set", 61), { same: 0, other: 0, bot: 1, people: 1 }],
    ["the same, just before", deed("level.set", -4), { same: 1, other: 0, bot: 0, people: 0 }],
    ["the same, long before", deed("level.set", -6), { same: 0, other: 0, bot: 1, people: 1 }],
  ])("with %s", (_, did, expected) => {
    expect(kind(did)).toEqual(expected);
  });

  it("is not claimed for a version that does not say what it touches", () => {
    expect(agree({ incidents: [decided()] }, [deed("level.set", 1)], hour)).toBeUndefined();
  });
});
