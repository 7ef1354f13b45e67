import type { Duration } from "../clock.ts";
import type { Capacity } from "../runbook/look/capacity.ts";
import type { Workers } from "../settings/capacity.ts";
import { setDesiredCount } from "./set-desired-count.ts";
import { setGroupBounds } from "./set-group-bounds.ts";
import { setScalableBounds } from "./set-scalable-bounds.ts";

/** What a runbook that raises a floor has to declare. */
export const floorActions = [setGroupBounds, setScalableBounds, setDesiredCount] as const;

/**
 * The action that keeps at least `to` workers, for as long as the lease says: a floor where there are bounds, so that
 * whoever scales between them goes on; the number itself where there are none.
 *
 * A ceiling below the floor is lifted with it. `queue`: nobody is sent home while messages of it are in flight.
 */
export function raiseFloor(
  workers: Workers,
  { bounds }: Extract<Capacity, { kind: "found" }>,
  { to, lease, queue }: { to: number; lease: Duration; queue?: string },
) {
  const rest = { lease, ...(queue !== undefined && { queue }) };
  if (workers.kind === "group") {
    const max = Math.max(to, bounds?.max ?? to);
    return setGroupBounds({ group: workers.group, min: to, max, ...rest });
  }
  const { cluster, service } = workers;
  return bounds
    ? setScalableBounds({ cluster, service, min: to, max: Math.max(to, bounds.max), ...rest })
    : setDesiredCount({ cluster, service, count: to, ...rest });
}
