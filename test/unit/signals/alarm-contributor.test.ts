import { describe, expect, it } from "vitest";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { changed, eventOf } from "./fixture.ts";

const contributor = "alarm-contributor.json";

describe("one series of an alarm over many", () => {
  it("says which one it is, and that the alarm is muted", () => {
    expect(readSignal(eventOf(contributor))).toStrictEqual({
      kind: "alarm-contributor",
      eventId: "192c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at: Date.UTC(2026, 2, 4, 10, 20, 30, 919),
      account: "210987654321",
      region: "eu-west-1",
      name: "any function fails",
      arn: "arn:aws:cloudwatch:eu-west-1:210987654321:alarm:any function fails",
      state: "ALARM",
      reason: "Threshold Crossed: 1 datapoint was greater than the threshold (1.0).",
      contributor: { id: "6d442278dba546f6", attributes: { FunctionName: "embed" } },
      muted: {
        by: "arn:aws:cloudwatch:eu-west-1:210987654321:alarm-mute-rule:release-night",
        from: Date.UTC(2026, 2, 4, 10),
        until: Date.UTC(2026, 2, 4, 12),
      },
    });
  });

  it("is muted also when by whom cannot be read, and is not when nothing is said of it", () => {
    expect(readSignal(changed(contributor, "detail.muteDetail", 3))).toMatchObject({ muted: { by: "unknown" } });
    expect(readSignal(changed(contributor, "detail.muteDetail", undefined))).not.toHaveProperty("muted");
  });

  it.each(["detail.alarmContributor.id", "detail.state.value", "detail.alarmName"])(
    "without %s is unreadable",
    (path) => {
      expect(readSignal(changed(contributor, path, undefined))).toMatchObject({
        kind: "unreadable",
        why: expect.stringContaining(`${path}: `),
      });
    },
  );
});
