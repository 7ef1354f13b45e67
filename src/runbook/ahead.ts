import { type Duration, toMs } from "../clock.ts";
import { floorAhead, type Foreseen } from "../policies/floor-ahead.ts";
import type { AheadSettings } from "../settings/capacity.ts";
import type { Capacity } from "./look/capacity.ts";
import type { Look } from "./look.ts";

/** Two weeks have every weekday twice. */
const learnsFrom: Duration = { days: 14 };

/** The demand that is coming, seen from `at`, and the workers who are there for it. */
export async function foresee(
  look: Pick<Look, "capacity" | "metric">,
  settings: AheadSettings,
  at: number,
): Promise<Foreseen & { readonly capacity: Capacity }> {
  const [capacity, points] = await Promise.all([
    look.capacity(settings.workers),
    look.metric(settings.demand, { over: { ...learnsFrom, hours: 12 }, every: { minutes: 10 } }),
  ]);
  if (capacity.kind === "gone") return { kind: "abstain", why: "the workers are gone", capacity };
  // The same window whenever it is looked at. What has begun last is not over, and counts too little.
  const complete = points.filter((point) => point.at >= at - toMs(learnsFrom) && point.at + 600_000 <= at);
  return { ...floorAhead({ ...settings, points: complete, now: at, present: capacity.desired }), capacity };
}
