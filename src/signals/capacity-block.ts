import { z } from "zod";
import { arn, regionIn } from "./arn.ts";
import { capacityReservationId } from "./capacity-reclaimed.ts";
import { event, type FromEvent, toFromEvent, word } from "./event.ts";
import { moment } from "./moment.ts";

/** A Capacity Block, a reserved window on GPUs, has begun or is about to end. */
export interface CapacityBlock extends FromEvent {
  readonly kind: "capacity-block";
  readonly change: "delivered" | "expiring";
  /** The id of its reservation. */
  readonly reservation: string;
  readonly endsAt: number;
  /** When EC2 begins to terminate what runs in it: half an hour before its end. */
  readonly deadlineAt: number;
}

/** EC2 warns 40 minutes before the end of a block and terminates from 30 minutes before it, so ten minutes are left. */
const terminationBeforeEndMs = 30 * 60_000;

const reservationArn = arn("ec2", "capacity-reservation");

/** As AWS prints them, these events have no `region`, and their id has another name. Real ones may well have both. */
const blockEvent = event.extend({
  id: word.optional(),
  customer_event_id: word.optional(),
  region: word.optional(),
  resources: z.array(z.unknown()).catch([]),
});

const detail = z.lazy(() => z.object({ "capacity-reservation-id": capacityReservationId, "end-date": moment }));

/**
 * `Capacity Block Reservation Delivered` and `Capacity Block Reservation Expiration Warning`. An end that cannot be read is
 * not guessed, since the deadline hangs on it.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/capacity-blocks-monitor.html
 */
export const capacityBlock = (change: CapacityBlock["change"]) =>
  blockEvent
    .extend({ detail })
    .transform(({ id, customer_event_id, region, resources, detail, ...rest }, context): CapacityBlock => {
      const { data: reservation } = reservationArn.safeParse(resources[0]);
      const eventId = id ?? customer_event_id;
      const where = region ?? (reservation && regionIn(reservation));
      if (eventId === undefined) context.addIssue({ code: "custom", path: ["id"], message: "missing" });
      if (!where) context.addIssue({ code: "custom", path: ["region"], message: "missing" });
      if (eventId === undefined || !where) return z.NEVER;
      return {
        kind: "capacity-block",
        ...toFromEvent({ ...rest, id: eventId, region: where }),
        change,
        reservation: detail["capacity-reservation-id"],
        endsAt: detail["end-date"],
        deadlineAt: detail["end-date"] - terminationBeforeEndMs,
      };
    });
