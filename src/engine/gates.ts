import type { Incident } from "../incidents/incident.ts";
import { touchedBy } from "../runbook/plan.ts";
import type { World } from "./world.ts";

/** The answer of a gate: go on, or stop and why, in words for the incident's story. */
export type Gate =
  | { readonly open: true }
  | {
      readonly open: false;
      readonly by: "halt" | "maintenance";
      readonly why: string;
      /** Nobody knows whether it is set: it may pass by itself. */
      readonly unreadable?: true;
    };

const open: Gate = { open: true };

/** Everything by which people may halt an incident: its runbook, what it is about, and what it would change. */
export function scopesOf({ runbook, root, plan }: Pick<Incident, "runbook" | "root" | "plan">): string[] {
  return [`runbook/${runbook}`, root, ...(plan ? touchedBy(plan) : [])];
}

/**
 * The gate before every change: halt first. A halt without a scope stops everything; one with a scope stops what is in
 * `about`. A switch that cannot be read counts as set, because nobody can say that it is not.
 */
export async function haltGate(world: Pick<World, "halts">, about: readonly string[] = []): Promise<Gate> {
  try {
    const found = (await world.halts()).find(({ scope }) => scope === undefined || about.includes(scope));
    if (!found) return open;
    const what = found.scope === undefined ? "" : ` (${found.scope})`;
    return { open: false, by: "halt", why: `halted by ${found.by}${what}: ${found.why}` };
  } catch (error) {
    const why = `the halt switch cannot be read (${String(error).slice(0, 200)})`;
    return { open: false, by: "halt", why, unreadable: true };
  }
}

/**
 * The gates before a plan is made: halt, then maintenance. A gate that refuses consumes nothing behind it, and one that
 * cannot be asked refuses.
 */
export async function openingGates(
  world: Pick<World, "halts" | "maintenance">,
  about: readonly string[],
): Promise<Gate> {
  const [halt, maintenance] = await Promise.all([haltGate(world, about), maintenanceGate(world)]);
  return halt.open ? maintenance : halt;
}

async function maintenanceGate(world: Pick<World, "maintenance">): Promise<Gate> {
  try {
    const closed = await world.maintenance();
    if (closed === undefined) return open;
    return { open: false, by: "maintenance", why: `${closed} is closed for changes` };
  } catch (error) {
    const why = `the maintenance calendars cannot be read (${String(error).slice(0, 200)})`;
    return { open: false, by: "maintenance", why };
  }
}
