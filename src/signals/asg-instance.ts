import { z } from "zod";
import { ec2InstanceId } from "./ec2-instance-id.ts";
import { event, type FromEvent, sentence, toFromEvent, word } from "./event.ts";
import { defined, ifReadable } from "./if-readable.ts";
import { moment } from "./moment.ts";

/** An Auto Scaling group launched or terminated an instance, or failed to. */
export interface AsgInstance extends FromEvent {
  readonly kind: "asg-instance";
  readonly change: "launched" | "launch-failed" | "terminated" | "terminate-failed";
  readonly group: string;
  /** Absent when a launch failed before there was an instance. */
  readonly instanceId?: string;
  /** The same in all events of one activity. */
  readonly activity?: string;
  /** Not to be decided on: a successful termination says `InProgress`. */
  readonly statusCode?: string;
  /** Why it failed, in EC2's words: no capacity, a quota, a template that cannot be used. Empty on success. */
  readonly message?: string;
  readonly cause?: string;
  readonly zone?: string;
  readonly subnet?: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Where it came from and went to, if the event says: `EC2`, `AutoScalingGroup`, `WarmPool`. */
  readonly origin?: string;
  readonly destination?: string;
}

/** Of newer events only. A lifecycle action has the same two. */
export const asgRouteFields = { Origin: ifReadable(word), Destination: ifReadable(word) };

export const autoScalingGroupName = z.string({ error: "missing" }).min(1).max(255);

const detail = z.lazy(() =>
  z.object({
    ...asgRouteFields,
    AutoScalingGroupName: autoScalingGroupName,
    EC2InstanceId: ifReadable(ec2InstanceId),
    ActivityId: ifReadable(word),
    StatusCode: ifReadable(word),
    StatusMessage: ifReadable(sentence),
    Cause: ifReadable(sentence),
    Details: ifReadable(z.object({ "Availability Zone": ifReadable(word), "Subnet ID": ifReadable(word) })),
    StartTime: ifReadable(moment),
    EndTime: ifReadable(moment),
  }),
);

/**
 * `EC2 Instance Launch Successful`, `… Launch Unsuccessful`, `… Terminate Successful`, `… Terminate Unsuccessful`, sent as
 * best effort. The name of the event says how it went, and nothing else in it does.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html
 */
export const asgInstance = (change: AsgInstance["change"]) =>
  event.extend({ detail }).transform(({ detail: said, ...rest }): AsgInstance =>
    defined({
      kind: "asg-instance",
      ...toFromEvent(rest),
      change,
      group: said.AutoScalingGroupName,
      instanceId: said.EC2InstanceId,
      activity: said.ActivityId,
      statusCode: said.StatusCode,
      message: said.StatusMessage,
      cause: said.Cause,
      zone: said.Details?.["Availability Zone"],
      subnet: said.Details?.["Subnet ID"],
      startedAt: said.StartTime,
      endedAt: said.EndTime,
      origin: said.Origin,
      destination: said.Destination,
    }),
  );
