import { z } from "zod";
import { toMs } from "../clock.ts";
import { type Incident, isClosed } from "../incidents/incident.ts";
import { closeIncident } from "./close.ts";
import { haltGate } from "./gates.ts";
import { standing } from "./journal.ts";
import { executionTimeout } from "./make-plan.ts";
import { executionName, startRemediation, startUndo } from "./receive.ts";
import { showIncident } from "./tell.ts";
import type { World } from "./world.ts";

/** What AWS says when a durable execution has ended, as far as we read it. */
const statusChange = z.object({
  source: z.literal("aws.lambda"),
  "detail-type": z.literal("Durable Execution Status Change"),
  detail: z.object({ durableExecutionName: z.string(), status: z.string() }),
});

/** An incident that is open for longer than this without having been started was lost between two calls. */
const startWithinMs = 60_000;
/**
 * How long after its time a lease may stand before it is taken for forgotten. While an incident is open, its execution
 * gives it back, and may try for four minutes; that it has died is told to us by an event, and events get lost.
 */
const leaseGraceMs = { closed: 60_000, open: 15 * 60_000 };
/** No execution is as old as this: an incident that is still open has lost its own, and the event that said so. */
const orphanedMs = toMs(executionTimeout) + 60 * 60_000;

/** What a round of watching has found and set going. */
export interface Watched {
  readonly started: string[];
  readonly undone: string[];
  readonly woken: string[];
  readonly shown: string[];
}

/**
 * An execution was ended from outside: stopped, timed out, or failed by the SDK. No line of the remediation ran after
 * that, so nothing was undone: people are paged, and what was changed is taken back from the journal.
 *
 * Answers the incident concerned, or `undefined` when the event is not about an ended remediation.
 */
export async function onStatusChange(world: World, event: unknown): Promise<string | undefined> {
  const read = statusChange.safeParse(event);
  if (!read.success) return undefined;
  const { durableExecutionName: name, status } = read.data.detail;
  if (!["FAILED", "TIMED_OUT", "STOPPED"].includes(status)) return undefined;
  const prefix = executionName(world, "");
  if (!name.startsWith(prefix)) return undefined;
  const [, incident, turn] = /^([0-9a-f]{12}-\d+)(?:-undo(\d+))?$/.exec(name.slice(prefix.length)) ?? [];
  if (incident === undefined) return undefined;
  const found = await world.incidents.get(incident);
  if (isClosed(found)) {
    // It ended while it was being closed. What it may still lend is given back by `sweep`, until that succeeds.
    await closeIncident(world, incident, found.phase.outcome, found.phase.why);
    return undefined;
  }
  const told = await world.stories.tell(incident, `ended ${name}`, `The execution ${name} has ended: ${status}.`);
  if (told.isNew)
    await world.page(`Remediation ended from outside: ${incident}`, `${name} is ${status}. Taking back what it did.`);
  const next = turn === undefined ? 1 : Number(turn) + 1;
  if (next <= undoTurnsMax) await startUndo(world, found, next);
  else await giveUp(world, incident);
  return incident;
}

/** How many executions may try to take back one incident before it is left to people. */
const undoTurnsMax = 3;

async function giveUp(world: World, incident: string): Promise<void> {
  const why = `taking it back has failed ${undoTurnsMax} times: people have to look`;
  await world.page(`escalated: ${incident}`, why);
  await closeIncident(world, incident, "escalated", why);
}

/** A card whose story has been longer for this long was not taken by Slack; before that, a remediation is telling it. */
const tellWithinMs = 60_000;
/** What was closed longer ago than this is no longer caught up with. */
const catchUpMs = 60 * 60_000;

/** Whether Slack has not been told all there is to tell of an incident. */
async function isBehind(world: World, incident: Incident): Promise<boolean> {
  const now = world.clock.now();
  if (isClosed(incident) && now - incident.phase.at > catchUpMs) return false;
  const untold = (await world.stories.read(incident.id)).slice(incident.card?.told ?? 0);
  return untold.some(({ at }) => now - at > tellWithinMs);
}

/**
 * Looks for what was lost and sets it going again: incidents nobody started, decisions whose wake-up was lost, leases past
 * their time, cards that Slack did not take. Everything it does bears repeating.
 */
export async function sweep(world: World): Promise<Watched> {
  const watched: Watched = { started: [], undone: [], woken: [], shown: [] };
  const now = world.clock.now();
  for (const incident of await world.incidents.recent(200)) {
    const { id, phase } = incident;
    if (phase.state === "open" && now - incident.openedAt > startWithinMs) {
      await startRemediation(world, incident);
      watched.started.push(id);
    }
    if (phase.state === "waiting") {
      const asked = await world.approvals.get(phase.approvalId);
      if (asked?.decision) {
        await world.executions.wake(asked.callbackId);
        watched.woken.push(id);
      }
    }
    if (!isClosed(incident) && phase.state !== "open" && now - incident.openedAt > orphanedMs) {
      await startUndo(world, incident, 1);
      watched.undone.push(id);
    }
    if (await isBehind(world, incident)) {
      if (await showIncident(world, id)) watched.shown.push(id);
    }
  }
  if (!(await haltGate(world)).open) return watched;
  for (const { incident, entries } of await world.journal.leased(200)) {
    const ends = standing(entries).flatMap(({ leaseUntil }) => leaseUntil ?? []);
    const found = await world.incidents.get(incident);
    const { phase } = found;
    const graceMs = phase.state === "closed" ? leaseGraceMs.closed : leaseGraceMs.open;
    if (Math.min(...ends) + graceMs >= now) continue;
    // One try an hour, for as long as it takes.
    await startUndo(world, found, phase.state === "closed" ? 1 + Math.floor((now - phase.at) / 3_600_000) : 1);
    watched.undone.push(incident);
  }
  return watched;
}
