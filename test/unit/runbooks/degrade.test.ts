import { describe, expect, it } from "vitest";
import { toMs } from "../../../src/clock.ts";
import { take } from "../../../src/engine/take.ts";
import { settingsOf } from "../../support/settings.ts";
import { alarm, stack, startMs } from "../../support/stack.ts";

/** The outcome of an alarm of a service that is slow now, and was so for half of each of the last `hours` hours. */
async function outcomeAfter(hours: number) {
  const s = stack({ settings: settingsOf({ autonomy: { degrade: "auto" } }) });
  const samples: [number, number][] = [];
  for (let at = startMs - toMs({ hours: 24 }); at <= startMs + toMs({ hours: 1 }); at += 300_000) {
    const isHigh =
      at >= startMs - 300_000 || (at > startMs - toMs({ hours: hours + 1 }) && (at - startMs) % 3_600_000 > -1_800_000);
    samples.push([at, isHigh ? 2_400 : 800]);
  }
  s.sim.seed.metric({ namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "chat" }, samples });
  await take(s.world, alarm(startMs));
  await s.runTo({ hours: 2 });
  const [incident] = await s.world.incidents.recent(1);
  s.close();
  return incident?.phase;
}

describe("degrade", () => {
  it("leaves a service alone that is above its bound in many hours of every day", async () => {
    const phase = await outcomeAfter(6);

    expect(phase).toMatchObject({ outcome: "skipped", why: expect.stringContaining("of the last 24 hours") });
  });

  it("acts where the trouble of the day was short", async () => {
    expect(await outcomeAfter(2)).not.toMatchObject({ outcome: "skipped" });
  });
});
