import type { Workers } from "../../settings/capacity.ts";

/** How many workers there are, and between which bounds others may move that number. */
export type Capacity =
  | { readonly kind: "gone" }
  | {
      readonly kind: "found";
      readonly running: number;
      readonly desired: number;
      /** Absent for an ECS service that Application Auto Scaling does not know: nobody moves its number but people. */
      readonly bounds?: { readonly min: number; readonly max: number };
      /** Somebody has suspended scaling out: whatever is asked for, nothing will be launched. */
      readonly suspended: boolean;
      /** How long the last workers took from being asked for until they ran, the middle one. Absent when none was seen. */
      readonly launchSeconds?: number;
    };

/** What the tasks of an ECS service are given, and by which revision. */
export type TaskSize =
  | { readonly kind: "gone" }
  | {
      readonly kind: "found";
      /** The ARN of the revision. */
      readonly taskDefinition: string;
      /** CPU units (1,024 are one vCPU) and MiB of the whole task. Absent when the definition bounds only its containers. */
      readonly cpu?: number;
      readonly memory?: number;
      readonly fargate: boolean;
      /** The roles of the task and its agent that the bot may not pass on, and so cannot register a revision with: `passRoles`. */
      readonly withheldRoles: readonly string[];
      /** A deployment is under way: the size is changing already. */
      readonly deploying: boolean;
      /**
       * The size of each revision since it was registered, in milliseconds since the epoch, newest first: utilisation is
       * said in percent, and this says of what. It goes no further back than the last twenty.
       */
      readonly sizes: readonly { readonly since: number; readonly cpu: number; readonly memory: number }[];
    };

/** What a Lambda function is given: its unpublished version, which is what an unqualified call runs. */
export type FunctionSize =
  | { readonly kind: "gone" }
  | {
      readonly kind: "found";
      /** MiB. */
      readonly memory: number;
      /** A change of it is under way. */
      readonly updating: boolean;
      /** When its code or its configuration was changed last, in milliseconds since the epoch. */
      readonly changedAt: number;
    };

/** Groups and services as Auto Scaling, ECS and Application Auto Scaling show them. */
export interface CapacityLook {
  capacity(workers: Workers): Promise<Capacity>;
  taskSize(cluster: string, service: string): Promise<TaskSize>;
  functionSize(name: string): Promise<FunctionSize>;
}
