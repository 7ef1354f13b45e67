import { describe, expect, it } from "vitest";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { changed, eventOf } from "./fixture.ts";

const at = Date.UTC(2026, 2, 4, 10, 20, 30);
const minutes = 60_000;

describe("the interruption of reserved capacity", () => {
  const warning = "capacity-interruption.json";

  it("is due when the event says", () => {
    expect(readSignal(eventOf(warning))).toStrictEqual({
      kind: "capacity-interruption",
      eventId: "102c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at,
      account: "210987654321",
      region: "eu-west-1",
      instanceId: "i-0b662ef9931388ba0",
      deadlineAt: Date.UTC(2026, 2, 4, 10, 22, 15),
      block: false,
      zoneId: "euw1-az2",
    });
  });

  it("of a Capacity Block is read under its other names", () => {
    expect(readSignal(eventOf("capacity-interruption.block.json"))).toMatchObject({
      kind: "capacity-interruption",
      block: true,
      zoneId: "euw1-az2",
      deadlineAt: Date.UTC(2026, 2, 4, 10, 22, 15),
    });
  });

  it.each([undefined, "[Current time]", 7])("is due in two minutes when the event says %j", (said) => {
    expect(readSignal(changed(warning, "detail.instance-termination-time", said))).toMatchObject({
      deadlineAt: at + 2 * minutes,
    });
  });

  it("is read whatever its resources are: AWS prints a text for a list", () => {
    for (const resources of [undefined, "[instance arn]", []])
      expect(readSignal(changed(warning, "resources", resources))).toMatchObject({ kind: "capacity-interruption" });
  });

  it("without an instance is unreadable", () => {
    expect(readSignal(changed(warning, "detail.instance-id", "[instance-id]"))).toMatchObject({
      kind: "unreadable",
      why: "detail.instance-id: not an instance id",
    });
  });
});

describe("a Capacity Block", () => {
  const expiring = "capacity-block-expiring.json";

  it("is warned of 40 minutes before its end, and loses its instances from 30 minutes before it", () => {
    expect(readSignal(eventOf(expiring))).toStrictEqual({
      kind: "capacity-block",
      eventId: "cr-0a1b2c3d4e5f60718-approaching-expiry",
      at,
      account: "210987654321",
      region: "eu-west-1",
      change: "expiring",
      reservation: "cr-0a1b2c3d4e5f60718",
      endsAt: Date.UTC(2026, 2, 4, 11),
      deadlineAt: Date.UTC(2026, 2, 4, 10, 30),
    });
  });

  it("is delivered", () => {
    expect(readSignal(changed(expiring, "detail_type", "Capacity Block Reservation Delivered"))).toMatchObject({
      change: "delivered",
      deadlineAt: Date.UTC(2026, 2, 4, 10, 30),
    });
  });

  it("is read as well when EventBridge writes the envelope that all other events have", () => {
    const { detail_type, customer_event_id: _, ...rest } = eventOf(expiring) as Record<string, unknown>;
    const usual = { ...rest, id: "1", region: "eu-west-2", "detail-type": detail_type };

    expect(readSignal(usual)).toMatchObject({ change: "expiring", eventId: "1", region: "eu-west-2" });
  });

  it("without a region in the envelope or an ARN is unreadable, as is one without an id", () => {
    expect(readSignal(changed(expiring, "resources", ["[ODCR ARN]"]))).toMatchObject({
      kind: "unreadable",
      why: "region: missing",
    });
    expect(readSignal(changed(expiring, "customer_event_id", undefined))).toMatchObject({
      kind: "unreadable",
      why: "id: missing",
    });
  });

  it("without an end is unreadable, for its deadline hangs on it", () => {
    expect(readSignal(changed(expiring, "detail.end-date", "[ODCR End Date]"))).toMatchObject({
      kind: "unreadable",
      why: expect.stringContaining("detail.end-date: "),
    });
  });
});

describe("lent capacity that came back", () => {
  it("is counted, whether numbers are numbers or text", () => {
    expect(readSignal(eventOf("capacity-reclaimed.json"))).toStrictEqual({
      kind: "capacity-reclaimed",
      eventId: "122c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at,
      account: "210987654321",
      region: "eu-west-1",
      reservation: "cr-0a1b2c3d4e5f60718",
      instanceType: "p5.48xlarge",
      zoneId: "euw1-az2",
      total: 8,
      reclaimed: 3,
      target: 4,
    });
  });
});
