import { describe, expect, it } from "vitest";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { changed, eventOf } from "./fixture.ts";

const from = { at: Date.UTC(2026, 2, 4, 10, 20, 30), account: "210987654321", region: "eu-west-1" };

describe("a change of a parameter", () => {
  it("says which one and how, and not what it is now", () => {
    expect(readSignal(eventOf("parameter-change.json"))).toStrictEqual({
      kind: "parameter-change",
      eventId: "172c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      ...from,
      operation: "Update",
      name: "/paramedic/level/chat",
      type: "String",
    });
  });

  it.each(["Create", "Delete", "LabelParameterVersion"])("may be a %s", (operation) => {
    expect(readSignal(changed("parameter-change.json", "detail.operation", operation))).toMatchObject({ operation });
  });

  it.each([
    ["detail.operation", "Forget"],
    ["detail.name", undefined],
  ])("with %s = %j is unreadable", (path, value) => {
    expect(readSignal(changed("parameter-change.json", path, value))).toMatchObject({
      kind: "unreadable",
      why: expect.stringContaining(`${path}: `),
    });
  });
});

describe("a change calendar", () => {
  it("closes, and says since when and until when", () => {
    expect(readSignal(eventOf("change-calendar.json"))).toStrictEqual({
      kind: "change-calendar",
      eventId: "182c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      ...from,
      calendar: "arn:aws:ssm:eu-west-1:210987654321:document/release-freeze",
      state: "CLOSED",
      since: Date.UTC(2026, 2, 4, 10, 20),
      until: Date.UTC(2026, 2, 6, 18, 0, 7),
    });
  });

  it("opens for good when nothing more is planned", () => {
    const event = changed("change-calendar.json", "detail.nextTransitionTime", undefined) as { detail: object };
    const signal = readSignal({ ...event, detail: { ...event.detail, state: "OPEN" } });

    expect(signal).toMatchObject({ state: "OPEN" });
    expect(signal).not.toHaveProperty("until");
  });

  it("of an unknown state is unreadable", () => {
    expect(readSignal(changed("change-calendar.json", "detail.state", "AJAR"))).toMatchObject({ kind: "unreadable" });
  });
});
