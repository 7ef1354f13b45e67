import type { Json } from "../json.ts";
import type { Incident } from "../incidents/incident.ts";
import { relatedTo } from "../incidents/related.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Trigger } from "../runbook/trigger.ts";
import { signalInWords } from "../signals/in-words.ts";
import type { Signal } from "../signals/signal.ts";
import type { Receiving } from "./world.ts";

/** What became of a signal. Every one is counted; none is dropped in silence. */
export type Received =
  | { readonly kind: "incident"; readonly incident: Incident; readonly isNew: boolean }
  | { readonly kind: "muted"; readonly why: string }
  | { readonly kind: "not-ours"; readonly why: string };

/** A signal that a runbook answers to. */
export interface Answered {
  readonly runbook: Runbook;
  readonly trigger: Trigger;
  readonly match: NonNullable<ReturnType<Trigger["match"]>>;
}

/** The first runbook, in the order of the list, one of whose triggers matches. Pure. */
export function answering(world: Pick<Receiving, "runbooks" | "settings">, signal: Signal): Answered | undefined {
  for (const runbook of world.runbooks) {
    for (const trigger of runbook.definition.on) {
      const match = trigger.match(signal, world.settings.services);
      if (match) return { runbook, trigger, match };
    }
  }
  return undefined;
}

/**
 * Takes in one signal: correlates it with an incident and sees to it that the incident's remediation runs.
 *
 * Bears repeating at any point: the incident is found again, and the execution has the incident's name, so a second start
 * finds the first. An incident that was stored but never started, because of a crash in between, is started by the repeat.
 */
export async function receive(world: Receiving, signal: Signal): Promise<Received> {
  const muted = quietReason(signal);
  if (muted !== undefined) return { kind: "muted", why: muted };
  const answered = answering(world, signal);
  const whole = await partOf(world, signal, answered?.match.root);
  if (!answered) {
    return whole
      ? { kind: "incident", incident: whole, isNew: false }
      : { kind: "not-ours", why: `no runbook answers to ${signal.kind}` };
  }
  const { runbook, trigger, match } = answered;
  const service = match.service ?? /^service\/(.+)$/.exec(match.root)?.[1];
  const { incident, isNew } = await world.incidents.report({
    root: match.root,
    ...(service !== undefined && { service }),
    runbook: runbook.id,
    trigger: trigger.id,
    title: trigger.title(match.signal),
    signal: match.signal as Json,
    beganAt: "at" in signal && signal.at !== undefined ? signal.at : world.clock.now(),
    ...(match.deadlineAt !== undefined && { deadlineAt: match.deadlineAt }),
    ...(match.once !== undefined && { once: match.once }),
    ...(whole && { partOf: whole.id }),
  });
  if (incident.phase.state === "open") await startRemediation(world, incident);
  return { kind: "incident", incident, isNew };
}

/**
 * The incident of something else that this signal is also about, such as that of the instance under a stopped task. It is
 * told there, once for each kind of signal; the counter has the rest.
 */
async function partOf(world: Receiving, signal: Signal, root: string | undefined): Promise<Incident | undefined> {
  if (signal.kind === "samples" || signal.kind === "unknown" || signal.kind === "unreadable") return undefined;
  for (const related of relatedTo(signal)) {
    if (related === root) continue;
    const found = await world.incidents.join(related, signal.at);
    if (!found) continue;
    const what = signal.kind === "anomaly" ? signal.why : signalInWords(signal);
    await world.stories.tell(found.id, `also ${signal.kind}`, `Part of the same: ${what}.`);
    return found;
  }
  return undefined;
}

/** Starts the remediation of an incident, or finds the one that was started. */
export async function startRemediation(world: Receiving, { id, runbook }: Incident): Promise<void> {
  await world.executions.start(executionName(world, id), { kind: "remediate", incident: id, runbook });
}

/** Starts taking back what an incident changed. `turn` counts the undos of one incident: each runs once. */
export async function startUndo(world: Receiving, { id, runbook }: Incident, turn: number): Promise<void> {
  await world.executions.start(`${executionName(world, id)}-undo${turn}`, { kind: "undo", incident: id, runbook });
}

/** Unique in account and region, letters, digits and dashes, at most 64 characters. */
export const executionName = (world: Pick<Receiving, "settings">, incident: string): string =>
  `paramedic-${world.settings.stage}-${incident}`;

/** Somebody has said that this alarm is not to be acted on now: it is told, and nothing is done. */
function quietReason(signal: Signal): string | undefined {
  if (signal.kind !== "alarm" && signal.kind !== "alarm-contributor") return undefined;
  if (signal.muted) return `muted by ${signal.muted.by}`;
  if (signal.kind === "alarm" && signal.suppressed) return `actions suppressed by ${signal.suppressed.by}`;
  return undefined;
}
