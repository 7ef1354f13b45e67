/** The tasks of an ECS service. `gone`: there is no such service. */
export type ServiceTasks =
  | { readonly kind: "gone" }
  | {
      readonly kind: "found";
      /** Those that run, oldest first. */
      readonly tasks: readonly { readonly arn: string; readonly startedAt: number }[];
      readonly desired: number;
      /** ECS replaces the tasks by itself: watch. */
      readonly isDeploying: boolean;
    };

/** ECS services and their tasks. */
export interface TaskLook {
  tasksOfService(cluster: string, service: string): Promise<ServiceTasks>;
}
