import { expect, it } from "vitest";
import { spotInterruptionWarning } from "../../../src/runbook/triggers/spot.ts";

const warning = (action: "terminate" | "stop" | "hibernate") =>
  spotInterruptionWarning.match(
    {
      kind: "spot-interruption",
      eventId: "e",
      at: 1_000,
      account: "123456789012",
      region: "us-east-2",
      instanceId: "i-1",
      action,
      deadlineAt: action === "hibernate" ? 1_000 : 121_000,
    },
    [],
  );

it("an instance is terminated once, but stopped or hibernated again and again", () => {
  expect(warning("terminate")?.once).toBe(true);
  expect(warning("stop")?.once).toBe(false);
  expect(warning("hibernate")?.once).toBe(false);
});

it("work on an instance that hibernates is still moved, although there are no two minutes", () => {
  expect(warning("hibernate")?.deadlineAt).toBe(121_000);
});
