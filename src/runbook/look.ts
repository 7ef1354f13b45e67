/** A message that a worker is busy with, as the worker wrote it into the in-flight ledger. */
export interface InFlightMessage {
  readonly queueUrl: string;
  readonly messageId: string;
  readonly receiptHandle: string;
}

/** What runs on an instance and what it belongs to. `gone`: no group, no cluster and no worker knows it. */
export type Work =
  | { readonly kind: "gone" }
  | {
      readonly kind: "found";
      readonly instanceId: string;
      /** The Auto Scaling group it belongs to, if any. */
      readonly group?: {
        readonly name: string;
        /** The zone that the instance is in, and those that the group may use. */
        readonly zone: string;
        readonly zones: readonly string[];
        readonly size: number;
        readonly desired: number;
        readonly max: number;
        /** Auto Scaling replaces interrupted instances by itself: watch, do not launch. */
        readonly capacityRebalance: boolean;
      };
      /** Its registration as an ECS container instance, if it has one. */
      readonly containerInstance?: {
        readonly cluster: string;
        readonly arn: string;
        readonly status: string;
        /** ECS drains it by itself on the notice: watch, do not drain. */
        readonly managedDraining: boolean;
      };
      /** Target groups that still send it traffic. */
      readonly targets: readonly { readonly targetGroupArn: string; readonly port?: number }[];
      readonly messages: readonly InFlightMessage[];
    };

/** How much of itself a service shows: `full` is everything, `minimal` the least that is still useful. */
export const levels = ["full", "limited", "cached", "minimal"] as const;
export type Level = (typeof levels)[number];

/** A service's latency over the last minutes, from its own metric. */
export type Latency =
  | { readonly kind: "no-data"; readonly why: string }
  | { readonly kind: "seen"; readonly ms: number; readonly at: number };

/**
 * The world, read-only: all that a runbook's `plan` and a condition get to see. Nothing here can change anything.
 * Every plan and every condition looks anew; within one plan the same question gets the same answer, so that all of the plan
 * is about one picture.
 */
export interface Look {
  workOn(instanceId: string): Promise<Work>;
  /** The level the service is at now; a missing or expired one reads as `full`. */
  level(service: string): Promise<Level>;
  /** The latest value of the service's latency metric. */
  latency(service: string): Promise<Latency>;
  /** Whether ECS still runs anything on the instance, and whether the group has one in its place. */
  tasksOn(cluster: string, containerInstanceArn: string): Promise<number>;
}
