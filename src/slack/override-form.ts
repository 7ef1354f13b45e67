import type { KnownBlock, ModalView } from "@slack/web-api";
import { z } from "zod";
import { toMs } from "../clock.ts";
import { inWords } from "../engine/in-words.ts";
import { findAction } from "../engine/make-plan.ts";
import type { Narrowing } from "../engine/narrowing.ts";
import type { Json } from "../json.ts";
import type { StoredAction, StoredPlan } from "../runbook/plan.ts";
import { levels } from "../runbook/look/service.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { section } from "./blocks.ts";
import { type Choice, choice, choices, form, whyInput } from "./forms.ts";
import { limits } from "./limits.ts";
import type { About, Submission } from "./submission.ts";

/** Leases that are easy to think in, in minutes; those shorter than the plan's are offered. */
const leases = [5, 10, 15, 30, 60, 120, 240];
/** Of a number in the plan; what the action does not call narrower is not offered. */
const parts = [0.1, 0.25, 0.5, 0.75, 0.9, 1.25, 1.5, 2, 4];
/** So many parameters can be changed in one form, or it is too long for a phone. */
const paramsMax = 8;

/**
 * The form that makes less of a plan: it offers nothing that would be more, so that nobody has to know what is. It names
 * the first hundred actions; who wants another plan than that denies this one.
 */
export function overrideForm(runbook: Runbook, plan: StoredPlan, about: About): ModalView {
  const actions = actionsIn(plan);
  const lease = Math.min(...actions.flatMap(({ action }) => (action.lease ? [toMs(action.lease)] : [])));
  const shorter = leases.filter((minutes) => Number.isFinite(lease) && minutes * 60_000 < lease);
  const blocks: KnownBlock[] = [
    section("Approves *less* than what was proposed. What you leave as it is stays as it was proposed."),
    ...(actions.length > 1 ? [leaveOut(actions)] : []),
    ...(shorter.length > 0
      ? [choice("lease", "Give it back sooner", shorter.map(toLease), { hint: "Longer is another plan." })]
      : []),
    ...narrowable(runbook, actions),
    whyInput("Why?"),
  ];
  return form("override", { title: "Approve less", submit: "Approve", about, blocks });
}

interface Placed {
  /** In the plan, counted from 0. */
  readonly at: number;
  readonly action: StoredAction;
}

const actionsIn = ({ steps }: StoredPlan): Placed[] =>
  steps.flatMap((step, at) => (step.kind === "action" ? [{ at, action: step }] : []));

function leaveOut(actions: readonly Placed[]): KnownBlock {
  const options = actions.map(({ at, action }) => ({ label: `${at + 1}. ${action.does}`, value: String(at) }));
  const rest = options.length - limits.options;
  const hint =
    rest > 0 ? `The first ${limits.options}; ${rest} more cannot be left out one by one.` : "The rest is done.";
  return choices("without", "Leave out", options, hint);
}

const toLease = (minutes: number): Choice => ({ label: `after ${inWords({ minutes })}`, value: String(minutes) });

function narrowable(runbook: Runbook, actions: readonly Placed[]): KnownBlock[] {
  const blocks: KnownBlock[] = [];
  for (const { at, action } of actions) {
    const { success, data: params } = scalars.safeParse(action.params);
    if (!success) continue;
    for (const [name, planned] of Object.entries(params)) {
      if (blocks.length === paramsMax) return blocks;
      const narrower = candidates(planned).filter((value) => isNarrower(runbook, action, { [name]: value }));
      if (narrower.length === 0) continue;
      const options = narrower.map((value) => ({ label: String(value), value: JSON.stringify(value) }));
      blocks.push(choice(`param:${at}:${name}`, `${action.does}: ${name} ${JSON.stringify(planned)} instead`, options));
    }
  }
  return blocks;
}

const scalars = z.record(z.string(), z.json());

/** Values that a person might want in place of the planned one. */
function candidates(planned: Json): readonly (string | number)[] {
  if (typeof planned === "string") {
    // Full is no smaller change but none at all: that is what leaving out is for.
    return levels.some((level) => level === planned)
      ? levels.filter((level) => level !== "full" && level !== planned)
      : [];
  }
  if (typeof planned !== "number") return [];
  const values = parts.map((part) => (Number.isInteger(planned) ? Math.round(planned * part) : planned * part));
  return [...new Set(values)].filter((value) => value !== planned);
}

function isNarrower(runbook: Runbook, { action, params, was }: StoredAction, change: Record<string, Json>): boolean {
  const { narrows, params: schema } = findAction(runbook, action);
  const asked = schema.safeParse({ ...scalars.parse(params), ...change });
  return asked.success && narrows?.({ planned: params, asked: asked.data, before: was }) === true;
}

const paramBlock = /^param:(\d+):(.+)$/;

/** What was chosen, as a wish that the engine checks again. `undefined`: it is not about this plan. */
export function readNarrowing({ values }: Submission, plan: StoredPlan): Narrowing | undefined {
  const params: Record<string, Json> = {};
  for (const [block, [chosen]] of Object.entries(values)) {
    const [, at = "", name = ""] = paramBlock.exec(block) ?? [];
    const step = plan.steps[Number(at)];
    if (at === "" || chosen === undefined) continue;
    const planned = step?.kind === "action" ? scalars.safeParse(params[at] ?? step.params).data : undefined;
    if (!planned) return undefined;
    params[at] = { ...planned, [name]: z.json().parse(JSON.parse(chosen)) };
  }
  const minutes = Number(values["lease"]?.[0]);
  return {
    without: (values["without"] ?? []).map(Number),
    params,
    ...(leases.includes(minutes) && { leaseMinutes: minutes }),
  };
}
