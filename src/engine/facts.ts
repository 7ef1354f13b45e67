import { z } from "zod";
import type { Fact, FactBus } from "../aws/fact-bus.ts";
import { change } from "../aws/table.ts";
import { type Closed, type Incident, isClosed } from "../incidents/incident.ts";
import { actionsOf } from "../runbook/plan.ts";
import type { World } from "./world.ts";

const told = z.object({ at: z.number() });
const key = { pk: "watch#facts", sk: "told" };
/** What was written a moment ago may not yet be in the list that is read: it is for the next round. */
const settleMs = 5_000;

/**
 * Tells the bus which incidents were opened and which were closed since the last round. A courtesy to others, so it is done
 * by the round of every minute, where no remediation waits for it, and what fails is logged and told by the next round. What
 * was told may be told again: `incident` and `at` are the same then.
 */
export async function tellFacts(
  world: Pick<World, "table" | "incidents" | "clock" | "log">,
  bus: FactBus,
): Promise<void> {
  const until = world.clock.now() - settleMs;
  try {
    const known = await change(world.table, key, told, (was) => (was ? undefined : { body: { at: until } }));
    const since = known?.at ?? until;
    const isNew = (at: number): boolean => at >= since && at < until;
    const incidents = await world.incidents.recent(200);
    const facts = [
      ...incidents.filter(({ openedAt }) => isNew(openedAt)).map(opened),
      ...incidents
        .filter(isClosed)
        .filter(({ phase }) => isNew(phase.at))
        .map(closed),
    ];
    if (facts.length > 0) await bus.tell(facts);
    await change(world.table, key, told, (was) => (was && was.at >= until ? undefined : { body: { at: until } }));
  } catch (error) {
    world.log("warn", "the bus was not told what has happened; the next round tells it", { error: String(error) });
  }
}

const about = ({ id: incident, runbook, root, service, partOf, beganAt, openedAt }: Incident) => ({
  incident,
  runbook,
  root,
  ...(service !== undefined && { service }),
  ...(partOf !== undefined && { partOf }),
  beganAt,
  openedAt,
});

const opened = (incident: Incident): Fact => ({
  type: "Paramedic Incident Opened",
  detail: { ...about(incident), title: incident.title, at: incident.openedAt },
});

function closed(incident: Closed): Fact {
  const { phase, plan, firstActionAt } = incident;
  const { outcome, why, at } = phase;
  const planned = plan ? actionsOf(plan).map(({ does }) => does) : [];
  const acted = firstActionAt !== undefined;
  return { type: "Paramedic Incident Closed", detail: { ...about(incident), outcome, why, planned, acted, at } };
}
