import { z } from "zod";
import { arn } from "./arn.ts";
import { ec2InstanceId } from "./ec2-instance-id.ts";
import { event, type FromEvent, toFromEvent, word } from "./event.ts";
import { defined, ifReadable } from "./if-readable.ts";

/** An instance that ECS places tasks on changed. From these the bot knows which cluster an EC2 instance serves. */
export interface EcsContainerInstance extends FromEvent {
  readonly kind: "ecs-container-instance";
  /** The ARN. */
  readonly containerInstance: string;
  /** The ARN. */
  readonly cluster: string;
  /** Absent for a machine outside of EC2. */
  readonly instanceId?: string;
  /** `ACTIVE`, `DRAINING` and others. Only what is active can be drained. */
  readonly status: string;
  /** Goes off and on several times an hour in normal operation, so false alone is no reason to do anything. */
  readonly agentConnected?: boolean;
  /** Grows with every change. Events come in any order: what is lower than seen is old, what is equal a copy. */
  readonly version?: number;
  readonly capacityProvider?: string;
}

/**
 * `ECS Container Instance State Change`. Also sent whenever a task takes or gives back resources, so most change nothing here.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html
 */
export const ecsContainerInstance = event
  .extend({
    detail: z.lazy(() =>
      z.object({
        containerInstanceArn: arn("ecs", "container-instance"),
        clusterArn: arn("ecs", "cluster"),
        ec2InstanceId: ifReadable(ec2InstanceId),
        status: word,
        agentConnected: ifReadable(z.boolean()),
        version: ifReadable(z.int().nonnegative()),
        capacityProviderName: ifReadable(word),
      }),
    ),
  })
  .transform(({ detail: said, ...rest }): EcsContainerInstance =>
    defined({
      kind: "ecs-container-instance",
      ...toFromEvent(rest),
      containerInstance: said.containerInstanceArn,
      cluster: said.clusterArn,
      instanceId: said.ec2InstanceId,
      status: said.status,
      agentConnected: said.agentConnected,
      version: said.version,
      capacityProvider: said.capacityProviderName,
    }),
  );
