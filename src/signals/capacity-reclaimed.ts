import { z } from "zod";
import { event, type FromEvent, toFromEvent, word } from "./event.ts";
import { defined, ifReadable } from "./if-readable.ts";
import { numberText } from "./number-text.ts";

/** The owner of a capacity reservation has back what it had lent as interruptible. Told to the owner, when it is over. */
export interface CapacityReclaimed extends FromEvent {
  readonly kind: "capacity-reclaimed";
  /** The id of the reservation that lent. */
  readonly reservation: string;
  readonly instanceType?: string;
  readonly zoneId?: string;
  /** Instances it holds now. */
  readonly total?: number;
  readonly reclaimed?: number;
  /** How many had been asked for: fewer came back if this is more than `reclaimed`. */
  readonly target?: number;
}

export const capacityReservationId = z
  .string({ error: "missing" })
  .regex(/^cr-[0-9a-z]{1,32}$/, "not a reservation id");

const detail = z.lazy(() =>
  z.object({
    sourceCapacityReservationId: capacityReservationId,
    instanceType: ifReadable(word),
    availabilityZoneId: ifReadable(word),
    // The capitals are AWS's, and so is the third one's lack of one.
    TotalInstanceCount: ifReadable(numberText),
    ReclaimedInstanceCount: ifReadable(numberText),
    targetInstanceCount: ifReadable(numberText),
  }),
);

/**
 * `EC2 Interruptible Capacity Reservation Allocation Reclamation Completed`.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-interruptible-cr.html
 */
export const capacityReclaimed = event.extend({ detail }).transform(({ detail: said, ...rest }): CapacityReclaimed =>
  defined({
    kind: "capacity-reclaimed",
    ...toFromEvent(rest),
    reservation: said.sourceCapacityReservationId,
    instanceType: said.instanceType,
    zoneId: said.availabilityZoneId,
    total: said.TotalInstanceCount,
    reclaimed: said.ReclaimedInstanceCount,
    target: said.targetInstanceCount,
  }),
);
