import { z } from "zod";
import { first } from "./first.ts";
import { arn } from "./arn.ts";
import { event, type FromEvent, sentence, toFromEvent, word } from "./event.ts";
import { defined, eachReadable, ifReadable } from "./if-readable.ts";

/** ECS did something about a service, or could not. */
export interface EcsServiceAction extends FromEvent {
  readonly kind: "ecs-service-action";
  /** The ARN. */
  readonly service: string;
  /** The ARN. */
  readonly cluster: string;
  /** `SERVICE_TASK_PLACEMENT_FAILURE`, `SERVICE_TASK_START_IMPAIRED`, `SERVICE_STEADY_STATE` and others. */
  readonly action: string;
  readonly level: "INFO" | "WARN" | "ERROR";
  /** There is no room for a task. `reason` says of what: `RESOURCE:FARGATE`, `RESOURCE:MEMORY`, `RESOURCE:CPU`, `AGENT`. */
  readonly unplaced: boolean;
  readonly reason?: string;
  /** ARNs of the capacity providers that had no room. */
  readonly capacityProviders: readonly string[];
}

/**
 * `ECS Service Action`. The service is named in `resources` only.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
 */
export const ecsServiceAction = event
  .extend({
    resources: first(arn("ecs", "service")),
    detail: z.lazy(() =>
      z.object({
        clusterArn: arn("ecs", "cluster"),
        eventName: word,
        // Not to be guessed low: an unknown level is looked at as an error is.
        eventType: z.enum(["INFO", "WARN", "ERROR"]).catch("ERROR"),
        reason: ifReadable(sentence),
        capacityProviderArns: eachReadable(arn("ecs", "capacity-provider")),
      }),
    ),
  })
  .transform(({ resources: service, detail: said, ...rest }): EcsServiceAction =>
    defined({
      kind: "ecs-service-action",
      ...toFromEvent(rest),
      service,
      cluster: said.clusterArn,
      action: said.eventName,
      level: said.eventType,
      unplaced: said.eventName === "SERVICE_TASK_PLACEMENT_FAILURE",
      reason: said.reason,
      capacityProviders: said.capacityProviderArns,
    }),
  );
