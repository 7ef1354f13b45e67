import { type Duration, toMs } from "../clock.ts";
import { BotError } from "../bot-error.ts";
import type { Incident } from "../incidents/incident.ts";
import type { Json } from "../json.ts";
import type { Action, ActionDefinition } from "../runbook/action.ts";
import type { Condition, ConditionDefinition } from "../runbook/condition.ts";
import { deadlineOf } from "../runbook/deadline.ts";
import { pricesOf } from "../prices.ts";
import { hashPlan, type Step, type StoredPlan, type StoredStep } from "../runbook/plan.ts";
import type { Look } from "../runbook/look.ts";
import type { Resource } from "../runbook/resource.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { inWords } from "./in-words.ts";
import { storedAction } from "./stored-action.ts";
import type { World } from "./world.ts";

export type Planned =
  | { readonly kind: "plan"; readonly plan: StoredPlan; readonly names: readonly Resource[] }
  | { readonly kind: "skip"; readonly why: string };

/** How long one execution may take in all, and how many operations the service allows it (3,000, not raisable). */
export const executionTimeout: Duration = { hours: 24 };
const operationsMax = 2_500;

/**
 * Asks a runbook for its plan and turns it into stored data: words, what is touched, the state found, and a hash.
 *
 * Making a plan changes nothing, so it can be made again at any time; the same world gives the same hash.
 *
 * @throws BotError `bad_plan` when the plan names an action the runbook does not declare, or could not be run to its end.
 */
export async function makePlan(world: World, runbook: Runbook, incident: Incident): Promise<Planned> {
  const { definition } = runbook;
  // What has no deadline needs no estimate of how long it takes.
  const usual = incident.deadlineAt === undefined ? () => undefined : await world.durations.usual();
  const deadline = deadlineOf(
    incident.deadlineAt,
    world.clock,
    ({ action }) => usual(action) ?? findAction(runbook, action).takes ?? { seconds: 2 },
  );
  const look = onePicture(world.look);
  const steps = await definition.plan({ signal: incident.signal, look, deadline });
  if (!Array.isArray(steps)) return { kind: "skip", why: steps.why };
  if (!steps.some(({ kind }) => kind === "action")) {
    const said = steps.flatMap((step) => (step.kind === "say" ? step.text : []));
    return { kind: "skip", why: said.join(" ") || "there is nothing left to change" };
  }
  const stored = await Promise.all(steps.map((step) => store(world, runbook, step)));
  const fleet = await definition.fleet?.({ signal: incident.signal, look });
  const consent = await definition.consent?.({ signal: incident.signal, look });
  const plan = {
    steps: stored,
    ...(fleet && { fleet }),
    ...(consent && { consent }),
    ...(definition.verify && { verify: definition.verify({ signal: incident.signal }) }),
  };
  checkItFits(runbook, stored, definition.verifyWithin);
  return {
    kind: "plan",
    plan: { ...plan, hash: hashPlan(plan) },
    names: await otherNames(world, runbook, incident, look),
  };
}

/** By which other names events may speak of the root resource, as the picture shows them. A courtesy: no plan fails for it. */
async function otherNames(
  world: World,
  { definition }: Runbook,
  { id, signal }: Incident,
  look: Look,
): Promise<readonly Resource[]> {
  try {
    return (await definition.alsoKnownAs?.({ signal, look })) ?? [];
  } catch (error) {
    world.log("warn", "what else the incident is about cannot be seen", { incident: id, error: String(error) });
    return [];
  }
}

/** Asks each question once, so that everything in one plan is about the same moment. */
function onePicture(look: Look): Look {
  const answers = new Map<string, unknown>();
  return new Proxy(look, {
    get(target, name) {
      const ask: unknown = Reflect.get(target, name);
      if (typeof ask !== "function") return ask;
      return (...args: unknown[]): unknown => {
        const question = JSON.stringify([name, ...args]);
        if (!answers.has(question)) answers.set(question, Reflect.apply(ask, target, args));
        return answers.get(question);
      };
    },
  });
}

async function store(world: World, runbook: Runbook, step: Step): Promise<StoredStep> {
  if (step.kind !== "action") {
    if (step.kind === "until" || step.kind === "check") findCondition(runbook, step.condition.condition);
    return step;
  }
  const action = findAction(runbook, step.action);
  if (step.unless) findCondition(runbook, step.unless.condition.condition);
  const was: Json = action.before ? await action.before({ params: step.params, aws: world.reading }) : null;
  return storedAction(action, step, was, pricesOf(world.settings.prices));
}

/** The action of this id among those the runbook declares. @throws BotError `bad_plan` if it declares none. */
export function findAction(runbook: Runbook, id: string): ActionDefinition {
  const found = runbook.definition.uses.find(
    (usable): usable is Action => usable.kind === "action" && usable.id === id,
  );
  if (!found) {
    throw new BotError("bad_plan", `planning ${runbook.id}: it does not declare the action ${id} in \`uses\``, {
      action: id,
    });
  }
  return found.definition;
}

/** The condition of this id among those the runbook declares. @throws BotError `bad_plan` if it declares none. */
export function findCondition(runbook: Runbook, id: string): ConditionDefinition {
  const found = runbook.definition.uses.find(
    (usable): usable is Condition => usable.kind === "condition" && usable.id === id,
  );
  if (!found) {
    throw new BotError("bad_plan", `planning ${runbook.id}: it does not declare the condition ${id} in \`uses\``, {
      condition: id,
    });
  }
  return found.definition;
}

/** Refuses a length of time that is none: an empty one would wait for ever or not at all. */
function checkLengths(runbook: Runbook, step: StoredStep): void {
  const lengths = {
    ...(step.kind === "wait" && { for: step.for }),
    ...(step.kind === "until" && { every: step.every, within: step.within }),
    ...(step.kind === "action" && step.lease && { lease: step.lease }),
  };
  for (const [name, length] of Object.entries(lengths)) {
    if (toMs(length) > 0) continue;
    const what = step.kind === "action" ? step.does : step.kind;
    throw new BotError("bad_plan", `planning ${runbook.id}: \`${name}\` of "${what}" has to be longer than nothing`);
  }
}

/** Refuses a plan that the engine could not run to its end, before anything of it is done. */
function checkItFits(runbook: Runbook, steps: readonly StoredStep[], verifyWithin: Duration = {}): void {
  for (const step of steps) checkLengths(runbook, step);
  // Whether it helped is asked every ten seconds.
  let operations = 20 + 2 * Math.ceil(toMs(verifyWithin) / 10_000);
  let ms = toMs(verifyWithin);
  for (const step of steps) {
    switch (step.kind) {
      case "action": {
        // ready, three attempts each with a probe and a pause, note, undo.
        operations += 20;
        const verify = findAction(runbook, step.action).verify;
        if (verify) operations += 2 * Math.ceil(toMs(verify.within) / toMs(verify.every));
        ms += toMs(verify?.within ?? {}) + toMs(step.lease ?? {});
        break;
      }
      case "until":
        operations += 2 * Math.ceil(toMs(step.within) / toMs(step.every));
        ms += toMs(step.within);
        break;
      case "wait":
        operations += 1;
        ms += toMs(step.for);
        break;
      case "check":
      case "say":
        operations += 1;
    }
  }
  if (operations > operationsMax || ms > toMs(executionTimeout)) {
    throw new BotError(
      "bad_plan",
      `planning ${runbook.id}: it would take up to ${operations} operations and ${inWords({ seconds: ms / 1000 })}; ` +
        `an execution has ${operationsMax} and ${inWords(executionTimeout)}. Poll less often, or wait shorter.`,
    );
  }
}
