import type { Ground } from "../ground.ts";
import type { Service, Task } from "../world.ts";
import type { Deployment } from "../world/ecs.ts";
import { lookAtServices, tasksOf } from "./ecs-service.ts";

/** The deployment that a service is made of when nobody has changed it yet. */
export const settledDeployment = (ground: Ground, definition: string): Deployment => ({
  id: `ecs-svc/${ground.hex(16)}`,
  definition,
  createdAt: ground.now(),
  updatedAt: ground.now(),
  rollout: "COMPLETED",
  reason: "ECS deployment completed.",
  failed: 0,
});

/** Starts to replace the tasks of a service by those of another revision. */
export function deploy(ground: Ground, service: Service, definition: string, reason?: string): void {
  const started: Deployment = { ...settledDeployment(ground, definition), rollout: "IN_PROGRESS" };
  started.reason = reason ?? `ECS deployment ${started.id} in progress.`;
  ground.change(service, { definition, deployments: [started, ...service.deployments] });
  say(ground, service, started, "INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS");
  lookAtServices(ground, service.cluster);
}

/** The primary deployment is completed when all tasks that should run are its own and run, and no others are left. */
export function completeDeployment(ground: Ground, service: Service): void {
  const [primary] = service.deployments;
  if (primary?.rollout !== "IN_PROGRESS") return;
  const tasks = tasksOf(ground, service);
  const done = tasks.filter(({ definition, last }) => definition === primary.definition && last === "RUNNING");
  if (done.length !== service.desired || done.length !== tasks.length) return;
  const completed: Deployment = {
    ...primary,
    rollout: "COMPLETED",
    updatedAt: ground.now(),
    reason: `ECS deployment ${primary.id} completed.`,
  };
  ground.change(service, { deployments: [completed], completed: primary.definition });
  say(ground, service, completed, "INFO", "SERVICE_DEPLOYMENT_COMPLETED");
}

/**
 * A task of the primary deployment did not come up. The circuit breaker gives up after half as many failures as there
 * should be tasks, 3 to 200, and goes back to the last completed deployment if it is told to.
 */
export function failDeployment(ground: Ground, service: Service, task: Task): void {
  const [primary] = service.deployments;
  if (primary?.rollout !== "IN_PROGRESS" || primary.definition !== task.definition) return;
  const failed = primary.failed + 1;
  const threshold = Math.min(200, Math.max(3, Math.ceil(service.desired / 2)));
  const gaveUp = service.breaker.enable && failed >= threshold;
  const changed: Deployment = {
    ...primary,
    failed,
    updatedAt: ground.now(),
    ...(gaveUp && { rollout: "FAILED", reason: "ECS deployment circuit breaker: tasks failed to start." }),
  };
  ground.change(service, { deployments: [changed, ...service.deployments.slice(1)] });
  if (!gaveUp) return;
  say(ground, service, changed, "ERROR", "SERVICE_DEPLOYMENT_FAILED");
  if (service.breaker.rollback && service.completed !== primary.definition) {
    deploy(
      ground,
      service,
      service.completed,
      `ECS deployment circuit breaker: rolling back to deploymentId ${primary.id}.`,
    );
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html */
function say(
  ground: Ground,
  service: Service,
  { id, reason, updatedAt }: Deployment,
  level: string,
  name: string,
): void {
  ground.emit({
    source: "aws.ecs",
    detailType: "ECS Deployment State Change",
    resources: [ground.arn("ecs", `service/${service.cluster}/${service.name}`)],
    detail: {
      eventType: level,
      eventName: name,
      deploymentId: id,
      updatedAt: new Date(updatedAt).toISOString(),
      reason,
    },
  });
}
