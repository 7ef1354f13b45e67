import { describe, expect, it } from "vitest";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { changed, eventOf } from "./fixture.ts";

const retirement = "health.retirement.json";
const at = Date.UTC(2026, 2, 4, 10, 20, 30);

describe("a Health event", () => {
  it("says what will happen to what, in our words", () => {
    expect(readSignal(eventOf(retirement))).toStrictEqual({
      kind: "health",
      eventId: "132c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at,
      account: "210987654321",
      region: "eu-west-1",
      message: "7777abc01232a4012345678-1/210987654321",
      backup: false,
      page: 1,
      pages: 2,
      service: "EC2",
      type: "AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED",
      category: "scheduledChange",
      isPublic: false,
      affectedAccount: "210987654321",
      affectedRegion: "eu-west-1",
      status: "upcoming",
      startsAt: Date.UTC(2026, 7, 27, 13, 19, 3),
      updatedAt: Date.UTC(2026, 2, 4, 10, 20, 13),
      actionability: "ACTION_REQUIRED",
      personas: ["operations"],
      entities: [
        {
          id: "i-0b662ef9931388ba0",
          arn: "arn:aws:ec2:eu-west-1:210987654321:instance/i-0b662ef9931388ba0",
          status: "PENDING",
        },
      ],
      description: "The host of this instance has degraded.",
    });
  });

  it("has the same message in its copy from another region, with an id for an ARN, and says that it is one", () => {
    expect(readSignal(eventOf("health.backup.json"))).toMatchObject({
      eventId: "142c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      region: "us-west-2",
      message: "7777abc01232a4012345678-1/210987654321",
      backup: true,
      affectedRegion: "eu-west-1",
      personas: ["operations"],
      entities: [{ id: "i-0b662ef9931388ba0" }],
    });
  });

  it("keeps the messages to two accounts apart, also where the organisation is told of both", () => {
    expect(readSignal(changed(retirement, "detail.affectedAccount", "109876543210"))).toMatchObject({
      message: "7777abc01232a4012345678-1/109876543210",
      account: "210987654321",
      affectedAccount: "109876543210",
    });
  });

  it("of old has neither communication nor affected account, and goes by its ARN", () => {
    const event = changed(retirement, "detail.communicationId", undefined) as { detail: { affectedAccount?: string } };
    delete event.detail.affectedAccount;

    expect(readSignal(event)).toMatchObject({
      message: expect.stringMatching(/^arn:aws:health:eu-west-1::event\/.*\/210987654321$/),
    });
  });

  it("about AWS itself has no entities, and may be open though it is over", () => {
    expect(readSignal(eventOf("health.public.json"))).toMatchObject({
      isPublic: true,
      entities: [],
      status: "open",
      endsAt: Date.UTC(2026, 2, 4, 10, 1, 22),
      description: expect.stringMatching(/RESOLVED/),
    });
  });

  it.each([
    ["true", true],
    [true, true],
    ["false", false],
    [undefined, false],
    ["perhaps", false],
  ])("with backupEvent = %j is a copy: %s, for a message must not be lost", (said, backup) => {
    expect(readSignal(changed(retirement, "detail.backupEvent", said))).toMatchObject({ backup });
  });

  it.each([
    ["3", 3],
    [3, 3],
    ["0", 1],
    ["one", 1],
    [undefined, 1],
  ])("with totalPages = %j has %i", (said, pages) => {
    expect(readSignal(changed(retirement, "detail.totalPages", said))).toMatchObject({ pages });
  });

  it.each([
    ["arn:aws:ec2:eu-west-1:210987654321:instance/i-1", "i-1"],
    ["arn:aws:ecs:eu-west-1:210987654321:task/prod/1f2e", "prod/1f2e"],
    ["arn:aws:rds:eu-west-1:210987654321:db:orders", "orders"],
    ["arn:aws:lambda:eu-west-1:210987654321:function:embed", "embed"],
    ["arn:aws:s3:::models/old", "models/old"],
    ["arn:aws:sqs:eu-west-1:210987654321:jobs", "jobs"],
    ["i-1", "i-1"],
    ["arn:", "arn:"],
  ])("calls %s %s", (entityValue, id) => {
    expect(readSignal(changed(retirement, "detail.affectedEntities", [{ entityValue }]))).toMatchObject({
      entities: [{ id }],
    });
  });

  it.each([
    ["Fri, 3 Jun 2022 05:01:10 GMT", Date.UTC(2022, 5, 3, 5, 1, 10)],
    // That day was a Tuesday: AWS's own example.
    ["Thu, 27 Jan 2026 13:44:13 GMT", Date.UTC(2026, 0, 27, 13, 44, 13)],
  ])("reads %s", (startTime, startsAt) => {
    expect(readSignal(changed(retirement, "detail.startTime", startTime))).toMatchObject({ startsAt });
  });

  it.each([
    "Sat, 31 Feb 2026 00:00:00 GMT",
    "3 Jun 2022",
    "Fri, 3 Juin 2022 05:01:10 GMT",
    "Fri, 3 Foo 2022 05:01:10 GMT",
    "Fri, 3 Jun 1999 05:01:10 GMT",
    "Fri, 3 Jun 2022 25:01:10 GMT",
    1_772_619_630,
  ])("does without the time %j", (startTime) => {
    const signal = readSignal(changed(retirement, "detail.startTime", startTime));

    expect(signal.kind).toBe("health");
    expect(signal).not.toHaveProperty("startsAt");
  });

  it("without what happened, or to what service, is unreadable", () => {
    for (const field of ["eventTypeCode", "service", "eventArn", "eventScopeCode"])
      expect(readSignal(changed(retirement, `detail.${field}`, undefined))).toMatchObject({
        kind: "unreadable",
        why: expect.stringContaining(`detail.${field}: `),
      });
  });
});
