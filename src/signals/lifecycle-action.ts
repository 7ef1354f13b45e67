import { z } from "zod";
import { asgRouteFields, autoScalingGroupName } from "./asg-instance.ts";
import { ec2InstanceId } from "./ec2-instance-id.ts";
import { event, type FromEvent, sentence, toFromEvent, word } from "./event.ts";
import { defined, ifReadable } from "./if-readable.ts";

/**
 * An Auto Scaling group holds an instance at a lifecycle hook, until somebody completes the action or its time is up.
 *
 * How long that is the event does not say: the hook's own heartbeat timeout (DescribeLifecycleHooks: 30 s to 2 h, an hour
 * unless set), renewed by each heartbeat, and over all at most 48 h or a hundred times the timeout, whichever is less. It
 * never holds back the two minutes of a spot interruption. Answer `CONTINUE`: `ABANDON` on termination skips the hooks of others.
 */
export interface LifecycleAction extends FromEvent {
  readonly kind: "lifecycle-action";
  readonly transition: "launching" | "terminating";
  readonly group: string;
  readonly hook: string;
  /** Completes this action and no other, so a late answer cannot hit the next one. */
  readonly token: string;
  readonly instanceId: string;
  /** What the hook's author wrote for whoever answers. */
  readonly metadata?: string;
  /** `WarmPool` as destination: the instance is put aside, not into service. */
  readonly origin?: string;
  readonly destination?: string;
}

const transitions = {
  "autoscaling:EC2_INSTANCE_LAUNCHING": "launching",
  "autoscaling:EC2_INSTANCE_TERMINATING": "terminating",
} as const;

const detail = z.lazy(() =>
  z.object({
    ...asgRouteFields,
    LifecycleActionToken: word,
    AutoScalingGroupName: autoScalingGroupName,
    LifecycleHookName: word,
    EC2InstanceId: ec2InstanceId,
    LifecycleTransition: z
      .enum(["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"])
      .transform((said) => transitions[said]),
    NotificationMetadata: ifReadable(sentence),
  }),
);

/**
 * `EC2 Instance-launch Lifecycle Action` and `EC2 Instance-terminate Lifecycle Action`, sent as best effort.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks-overview.html
 */
export const lifecycleAction = event.extend({ detail }).transform(({ detail: said, ...rest }): LifecycleAction =>
  defined({
    kind: "lifecycle-action",
    ...toFromEvent(rest),
    transition: said.LifecycleTransition,
    group: said.AutoScalingGroupName,
    hook: said.LifecycleHookName,
    token: said.LifecycleActionToken,
    instanceId: said.EC2InstanceId,
    metadata: said.NotificationMetadata,
    origin: said.Origin,
    destination: said.Destination,
  }),
);
