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
/** What the bus has not taken for so long is let go: what is refused for ever must not be told for ever. */
const catchUpMs = 60 * 60_000;

/**
 * Tells the bus which incidents were opened, first acted on and closed since the last round. A courtesy to others, so it is done
 * by the round of every minute, where no remediation waits for it, and what fails is logged and told by the next round, for an hour. What
 * was told may be told again: `incident` and `at` are the same then.
 */
export async function tellFacts(
  world: Pick<World, "table" | "incidents" | "clock" | "log">,
  bus: FactBus,
): Promise<void> {
  const until = world.clock.now() - settleMs;
  try {
    const known = await change(world.table, key, told, (was) => (was ? undefined : { body: { at: until } }));
    const since = Math.max(known?.at ?? until, until - catchUpMs);
    const isNew = (at: number): boolean => at >= since && at < until;
    const incidents = await world.incidents.recent(200);
    const facts = [
      ...incidents.filter(({ openedAt }) => isNew(openedAt)).map(opened),
      ...incidents.flatMap((incident) => {
        const { firstActionAt: at } = incident;
        return at !== undefined && isNew(at) ? acting(incident, at) : [];
      }),
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

const plannedIn = ({ plan }: Incident): string[] => (plan ? actionsOf(plan).map(({ does }) => does) : []);

const acting = (incident: Incident, at: number): Fact => ({
  type: "Paramedic Incident Acting",
  detail: { ...about(incident), planned: plannedIn(incident), at },
});

function closed(incident: Closed): Fact {
  const { outcome, why, at } = incident.phase;
  const acted = incident.firstActionAt !== undefined;
  const planned = plannedIn(incident);
  return { type: "Paramedic Incident Closed", detail: { ...about(incident), outcome, why, planned, acted, at } };
}
