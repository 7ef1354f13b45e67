import { describe, expect, it } from "vitest";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { changed, eventOf } from "./fixture.ts";

const warning = "spot-interruption.json";
const at = Date.UTC(2026, 2, 4, 5, 6, 7);

describe("a spot warning", () => {
  it("names the instance, and the moment two minutes later at which EC2 takes it", () => {
    expect(readSignal(eventOf(warning))).toStrictEqual({
      kind: "spot-interruption",
      eventId: "1e5527d7-bb36-4607-3370-4164db56a40e",
      at,
      account: "210987654321",
      region: "eu-west-1",
      instanceId: "i-0b662ef9931388ba0",
      action: "terminate",
      deadlineAt: at + 120_000,
    });
  });

  it("leaves no time before hibernation", () => {
    expect(readSignal(changed(warning, "detail.instance-action", "hibernate"))).toMatchObject({
      action: "hibernate",
      deadlineAt: at,
    });
  });

  it("leaves two minutes before a stop", () => {
    expect(readSignal(changed(warning, "detail.instance-action", "stop"))).toMatchObject({
      action: "stop",
      deadlineAt: at + 120_000,
    });
  });

  it.each(["recycle", "", 7, undefined])("with the action %j is read as a termination", (action) => {
    expect(readSignal(changed(warning, "detail.instance-action", action))).toMatchObject({
      kind: "spot-interruption",
      action: "terminate",
    });
  });

  it("is read without looking at the ARN, which has no account and a zone for a region", () => {
    const expected = readSignal(eventOf(warning));

    expect(readSignal(changed(warning, "resources", undefined))).toStrictEqual(expected);
    expect(
      readSignal(changed(warning, "resources", ["arn:aws:ec2:us-west-2:000000000000:instance/i-1"])),
    ).toStrictEqual(expected);
  });

  it("as the documentation prints it is unreadable, for its time", () => {
    expect(readSignal(eventOf("spot-interruption.placeholders.json"))).toMatchObject({
      kind: "unreadable",
      why: 'time: "yyyy-mm-ddThh:mm:ssZ" is not a time from 2000 to 2100',
    });
  });

  it.each([
    ["id", undefined],
    ["account", ""],
    ["region", 3],
    ["detail", undefined],
    ["detail.instance-id", undefined],
    ["detail.instance-id", "[instance-id]"],
    ["detail.instance-id", "i-0b662ef9931388ba0/../*"],
  ])("with %s = %j is unreadable, and the answer says so", (path, value) => {
    expect(readSignal(changed(warning, path, value))).toMatchObject({
      kind: "unreadable",
      why: expect.stringContaining(`${path}: `),
    });
  });

  it("from anybody but EC2 is not believed", () => {
    expect(readSignal(changed(warning, "source", "my.app"))).toMatchObject({
      kind: "unknown",
      source: "my.app",
      detailType: "EC2 Spot Instance Interruption Warning",
    });
  });

  it("from the future, or long past, keeps the time it says", () => {
    expect(readSignal(changed(warning, "time", "2099-12-31T23:59:59Z"))).toMatchObject({ at: 4_102_444_799_000 });
    expect(readSignal(changed(warning, "time", "2000-01-01T00:00:00Z"))).toMatchObject({ at: 946_684_800_000 });
  });
});

describe("a rebalance recommendation", () => {
  it("names the instance and no deadline", () => {
    expect(readSignal(eventOf("rebalance.json"))).toStrictEqual({
      kind: "rebalance",
      eventId: "5d5555d5-dd55-5555-5555-5555dd55d55d",
      at: Date.UTC(2026, 2, 4, 4, 51),
      account: "210987654321",
      region: "eu-west-1",
      instanceId: "i-0b662ef9931388ba0",
    });
  });

  it("without an instance is unreadable", () => {
    expect(readSignal(changed("rebalance.json", "detail.instance-id", undefined))).toMatchObject({
      kind: "unreadable",
      why: "detail.instance-id: missing",
    });
  });
});
