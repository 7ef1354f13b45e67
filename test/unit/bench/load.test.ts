import { expect, it } from "vitest";
import { measureSaturation } from "../../../bench/load/saturation.ts";
import { measureSeries } from "../../../bench/load/series.ts";

it("more events at once than can be taken in open one incident, and none of them is lost", async () => {
  const { sent, deliveries, failures, lost, incidents } = await measureSaturation({ events: 400 });

  expect({ sent, lost, incidents }).toEqual({ sent: 400, lost: 0, incidents: 1 });
  expect(failures).toBeGreaterThan(0);
  expect(deliveries).toBe(400 + failures);
});

it("a thousand series take less than 50 MB in the table", { timeout: 60_000 }, () => {
  const { pointsPerSecond, storedMbPerThousand } = measureSeries({ series: 2 });

  expect(pointsPerSecond).toBeGreaterThan(100);
  expect(storedMbPerThousand).toBeGreaterThan(10);
  expect(storedMbPerThousand).toBeLessThan(50);
});
