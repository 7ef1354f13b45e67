import type { StandaloneTask } from "../../policies/standalone-tasks.ts";

/** A message that a worker is busy with, as the worker wrote it into the in-flight ledger. */
export interface InFlightMessage {
  readonly queueUrl: string;
  readonly messageId: string;
  readonly receiptHandle: string;
}

/**
 * Who brings a new instance by itself when EC2 takes one back: Auto Scaling where capacity rebalancing is on, or the service
 * that keeps the group, which also decides what becomes of the work on it.
 */
export type Replacer = "Auto Scaling" | "AWS Batch" | "Amazon EKS";

/** What runs on an instance and what it belongs to. `gone`: no group, no cluster and no worker knows it. */
export type Work =
  | { readonly kind: "gone" }
  | {
      readonly kind: "found";
      readonly instanceId: string;
      /** The Auto Scaling group it belongs to, if any. */
      readonly group?: {
        readonly name: string;
        /** Of this instance, such as `g5.xlarge`. */
        readonly type: string;
        /** The zone that the instance is in, and those that the group may use. */
        readonly zone: string;
        readonly zones: readonly string[];
        readonly size: number;
        readonly desired: number;
        readonly max: number;
        /** Who replaces interrupted instances by itself, if anybody does: watch, do not launch. */
        readonly replacedBy?: Replacer;
      };
      /** Its registration as an ECS container instance, if it has one. */
      readonly containerInstance?: {
        readonly cluster: string;
        readonly arn: string;
        readonly status: string;
        /** ECS drains it by itself on the notice: watch, do not drain. */
        readonly managedDraining: boolean;
        /** What runs there and belongs to no service: ECS moves none of it. */
        readonly standalone: readonly StandaloneTask[];
      };
      /** Target groups that still send it traffic. */
      readonly targets: readonly { readonly targetGroupArn: string; readonly port?: number }[];
      readonly messages: readonly InFlightMessage[];
    };

/** Instances and what runs on them. */
export interface InstanceLook {
  workOn(instanceId: string): Promise<Work>;
  /** How many tasks ECS still runs on a container instance; none on one that is gone. */
  tasksOn(cluster: string, containerInstanceArn: string): Promise<number>;
}
