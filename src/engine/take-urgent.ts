import { z } from "zod";
import { type CapacityInterruption, capacityInterruption } from "../signals/capacity-interruption.ts";
import { spotInterruption } from "../signals/spot-interruption.ts";
import type { SpotInterruption } from "../signals/signal.ts";
import { unreadable, whyNot } from "../signals/unreadable.ts";
import { receive, type Received } from "./receive.ts";
import { keepUnread } from "./unread.ts";
import type { Receiving } from "./world.ts";

/** What the rule of the fast lane lets through, by what EventBridge calls it. */
const readers: Readonly<Record<string, z.ZodType<SpotInterruption | CapacityInterruption>>> = {
  "EC2 Spot Instance Interruption Warning": spotInterruption,
  "EC2 Capacity Reservation Instance Interruption Warning": capacityInterruption,
};
/** What is none of them cannot be read as one of them, and that is said. */
const outline = z.object({ "detail-type": z.enum(Object.keys(readers)) });

/**
 * Takes in a notice that runs out in two minutes: as `take` does, with no more than that needs, so that it is there sooner
 * from cold. What is none of these notices is kept as unread, and not tried again. Throws when the table or the start of an
 * execution fails; then the notice must come again.
 */
export async function takeUrgent(world: Receiving, event: unknown): Promise<Received | undefined> {
  const said = outline.safeParse(event);
  const read = said.success ? readers[said.data["detail-type"]]?.safeParse(event) : said;
  if (!read?.success) {
    await keepUnread(world, unreadable(read ? whyNot(read.error) : "no reader", event));
    return undefined;
  }
  const received = await receive(world, read.data);
  if (received.kind !== "incident") world.log("info", received.why, { signal: read.data.kind });
  return received;
}
