import type { Json } from "../json.ts";
import type { Prices } from "../prices.ts";
import type { ActionDefinition, ActionStep } from "../runbook/action.ts";
import type { StoredAction } from "../runbook/plan.ts";
import { inWords } from "./in-words.ts";

/** An action as it is stored, shown and approved: in words, with what it touches, what it found and what it costs. */
export function storedAction(action: ActionDefinition, step: ActionStep, was: Json, prices: Prices): StoredAction {
  const usdPerHour = action.costs?.({ params: step.params, before: was, prices });
  return {
    kind: "action",
    action: step.action,
    params: step.params,
    ...(step.lease && { lease: step.lease }),
    ...(step.untilHelped !== undefined && { untilHelped: step.untilHelped }),
    ...(step.required !== undefined && { required: step.required }),
    ...(step.mayFail !== undefined && { mayFail: step.mayFail }),
    ...(step.unless && { unless: step.unless }),
    does: step.unless ? `${action.summary(step.params)} unless ${step.unless.what}` : action.summary(step.params),
    undo: undoInWords(action, step),
    touches: [...action.touches(step.params)],
    was,
    ...(action.costs && usdPerHour !== 0 && { usdPerHour: usdPerHour ?? null }),
  };
}

function undoInWords(action: ActionDefinition, step: ActionStep): string {
  const way = typeof action.undo === "function" ? "can be undone" : `needs no undo: ${action.undo.nothing}`;
  if (!step.lease) return way;
  const length = inWords(step.lease);
  return `${way}; given back by itself ${step.untilHelped ? `when it has helped, or after ${length}` : `after ${length}`}`;
}
