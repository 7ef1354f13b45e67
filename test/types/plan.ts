import type { ActionDefinition, ActionStep } from "../../src/runbook/action.ts";
import type { CheckStep, Step } from "../../src/runbook/plan.ts";

/** Whether one type may stand where another is asked for. `tsc` is the runner: what does not hold does not compile. */
type Fits<A, B> = [A] extends [B] ? true : false;

/** What a runbook may return that uses one action, one condition. */
type Plan = Step<"level.set" | "service.latency-below">;

/** Steps that it declares are let through, and others are not: an undeclared action is no matter for an incident. */
export const steps = {
  ofItsAction: true satisfies Fits<ActionStep<"level.set">, Plan>,
  ofItsCondition: true satisfies Fits<CheckStep<"service.latency-below">, Plan>,
  ofAnotherAction: false satisfies Fits<ActionStep<"ecs.drain-instance">, Plan>,
  ofAnotherCondition: false satisfies Fits<CheckStep<"ecs.nothing-runs-on">, Plan>,
  ofAnyAction: false satisfies Fits<ActionStep, Plan>,
};

/** An action owns its safety: without any of these it is none. */
export const actions = {
  whole: true satisfies Fits<ActionDefinition, ActionDefinition>,
  withoutUndo: false satisfies Fits<Omit<ActionDefinition, "undo">, ActionDefinition>,
  withoutProbe: false satisfies Fits<Omit<ActionDefinition, "probe">, ActionDefinition>,
  withoutPermissions: false satisfies Fits<Omit<ActionDefinition, "permissions">, ActionDefinition>,
  withoutTouches: false satisfies Fits<Omit<ActionDefinition, "touches">, ActionDefinition>,
  withNoWayBackAndNoReason: false satisfies Fits<{ undo: undefined }, Pick<ActionDefinition, "undo">>,
};
