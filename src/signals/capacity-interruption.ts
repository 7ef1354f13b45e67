import { z } from "zod";
import { ec2InstanceId } from "./ec2-instance-id.ts";
import { event, type FromEvent, toFromEvent, word } from "./event.ts";
import { defined, ifReadable } from "./if-readable.ts";
import { moment } from "./moment.ts";

/** EC2 takes an instance because its capacity reservation is taken back or, for a Capacity Block, has come to its end. */
export interface CapacityInterruption extends FromEvent {
  readonly kind: "capacity-interruption";
  readonly instanceId: string;
  /** When EC2 terminates it, as the event says; if it cannot be read, two minutes after `at`, as is promised. */
  readonly deadlineAt: number;
  /** Whether its reservation is a Capacity Block. Then no replacement can be had from the block. */
  readonly block: boolean;
  /** An id such as `use1-az4`, the same in every account, not a name such as `us-east-1a`. */
  readonly zoneId?: string;
}

/** EC2 promises a warning of two minutes. */
const noticeMs = 120_000;

const detail = z.lazy(() =>
  z.object({
    "instance-id": ec2InstanceId,
    "instance-termination-time": ifReadable(moment),
    "instance-lifecycle": ifReadable(word),
    // Reservations that can be interrupted say the first, Capacity Blocks the second.
    azId: ifReadable(word),
    "availability-zone-id": ifReadable(word),
  }),
);

/**
 * `EC2 Capacity Reservation Instance Interruption Warning`. Its action is always `terminate`. `resources` is not looked at:
 * for interruptible reservations it is printed as a text, not as a list.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-interruptible-cr.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/capacity-blocks-monitor.html
 */
export const capacityInterruption = event
  .extend({ detail })
  .transform(({ detail: said, ...rest }): CapacityInterruption =>
    defined({
      kind: "capacity-interruption",
      ...toFromEvent(rest),
      instanceId: said["instance-id"],
      deadlineAt: said["instance-termination-time"] ?? rest.time + noticeMs,
      block: said["instance-lifecycle"] === "capacity-block",
      zoneId: said["availability-zone-id"] ?? said.azId,
    }),
  );
