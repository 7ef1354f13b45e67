import { isClosed, type Outcome } from "../incidents/incident.ts";
import { touchedBy, usdPerHourOf } from "../runbook/plan.ts";
import { showIncident, tell } from "./tell.ts";
import type { World } from "./world.ts";

/**
 * Ends an incident: frees what it held, records how it ended, and says so. Bears repeating; an incident that is closed
 * keeps the outcome it has.
 *
 * What it held goes first: an incident that is closed is not looked at again, so nothing of it may be left behind.
 */
export async function closeIncident(world: World, id: string, outcome: Outcome, why: string): Promise<void> {
  const { plan, partOf, title } = await world.incidents.get(id);
  if (plan) await world.ledger.release(touchedBy(plan), id);
  if (plan && usdPerHourOf(plan) !== 0) await world.ledger.givenBack(id);
  const closed = await world.incidents.update(id, (was) =>
    isClosed(was) ? was : { ...was, phase: { state: "closed", outcome, why, at: world.clock.now() } },
  );
  const end = isClosed(closed) ? closed.phase : { outcome, why };
  await tell(
    world,
    id,
    `outcome ${end.outcome}`,
    `${end.outcome[0]?.toUpperCase()}${end.outcome.slice(1)}: ${end.why}.`,
  );
  await showIncident(world, id);
  if (partOf === undefined) return;
  // The thread of the whole has the end of every part of it.
  await tell(world, partOf, `part ${id} ${end.outcome}`, `Part of the same, ${title}: ${end.outcome}, ${end.why}.`);
  await showIncident(world, partOf);
}
