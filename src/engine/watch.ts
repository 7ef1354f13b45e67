import { z } from "zod";
import { toMs } from "../clock.ts";
import { type Incident, isClosed } from "../incidents/incident.ts";
import { askAgain } from "./ask-again.ts";
import { closeIncident } from "./close.ts";
import { haltGate } from "./gates.ts";
import { type Entry, standing } from "./journal.ts";
import { executionTimeout } from "./make-plan.ts";
import { executionName, startRemediation, startUndo } from "./receive.ts";
import { showIncident } from "./tell.ts";
import { pursueUndo } from "./undo-request.ts";
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
  const failures: unknown[] = [];
  // One item that cannot be read or set going keeps nobody else from being looked after.
  const each = async <T>(items: readonly T[], look: (item: T) => Promise<void>): Promise<void> => {
    for (const item of items) await look(item).catch((error: unknown) => void failures.push(error));
  };
  if ((await haltGate(world)).open) {
    await each(await world.journal.leased(1_000), (leased) => giveBack(world, leased, watched));
  }
  await each(await world.incidents.open(1_000), (incident) => setGoing(world, incident, watched));
  const incidents = await world.incidents.recent(200);
  // An undo that a person asked for after the end begins at an incident that is closed.
  await each(incidents.filter(isClosed), (incident) => setGoing(world, incident, watched));
  // Last, because it may take long: after the first card that Slack does not take, the others wait for the next round.
  let isSlackUp = true;
  await each(incidents, async (incident) => {
    if (!isSlackUp || !(await isBehind(world, incident))) return;
    isSlackUp = await showIncident(world, incident.id);
    if (isSlackUp) watched.shown.push(incident.id);
  });
  if (failures.length > 0) throw new AggregateError(failures, `watching: ${failures.length} could not be looked after`);
  return watched;
}

/** An undo that was started and lost is started again an hour later, under another name. */
const turnAfter = (sinceMs: number): number => 1 + Math.floor(sinceMs / 3_600_000);

async function giveBack(
  world: World,
  { incident, entries }: { incident: string; entries: Entry[] },
  watched: Watched,
): Promise<void> {
  const now = world.clock.now();
  const found = await world.incidents.get(incident);
  const isOver = isClosed(found);
  const overdueAt =
    Math.min(...standing(entries).flatMap(({ leaseUntil }) => leaseUntil ?? [])) +
    (isOver ? leaseGraceMs.closed : leaseGraceMs.open);
  if (overdueAt >= now) return;
  await startUndo(world, found, turnAfter(now - (isOver ? found.phase.at : overdueAt)));
  watched.undone.push(incident);
}

async function setGoing(world: World, incident: Incident, watched: Watched): Promise<void> {
  const { id, phase } = incident;
  const ageMs = world.clock.now() - incident.openedAt;
  if (!isClosed(incident) && ageMs > orphanedMs) {
    await startUndo(world, incident, turnAfter(ageMs - orphanedMs));
    watched.undone.push(id);
  } else if (phase.state === "open" && ageMs > startWithinMs) {
    await startRemediation(world, incident);
    watched.started.push(id);
  } else if (incident.undo && world.clock.now() - incident.undo.at > startWithinMs) {
    await pursueUndo(world, incident);
  } else if (phase.state === "waiting") {
    const asked = await world.approvals.get(phase.approvalId);
    if (asked && !asked.decision) await askAgain(world, incident, asked);
    if (!asked?.decision) return;
    await world.executions.wake(asked.callbackId);
    watched.woken.push(id);
  }
}
