import type { World } from "./world.ts";

/** The answer of a gate: go on, or stop and why, in words for the incident's story. */
export type Gate =
  | { readonly open: true }
  | { readonly open: false; readonly by: "halt" | "maintenance"; readonly why: string };

/**
 * The gate before every change: halt first. A switch that cannot be read counts as set, because nobody can say that it
 * is not.
 */
export async function haltGate(world: Pick<World, "halted">): Promise<Gate> {
  try {
    const halt = await world.halted();
    return halt ? { open: false, by: "halt", why: `halted by ${halt.by}: ${halt.why}` } : { open: true };
  } catch (error) {
    return { open: false, by: "halt", why: `the halt switch cannot be read (${String(error).slice(0, 200)})` };
  }
}

/**
 * The gates before a plan is made: halt, then maintenance. A gate that refuses consumes nothing behind it, and one that
 * cannot be asked refuses.
 */
export async function openingGates(world: Pick<World, "halted" | "maintenance">): Promise<Gate> {
  const [halt, maintenance] = await Promise.all([haltGate(world), maintenanceGate(world)]);
  return halt.open ? maintenance : halt;
}

async function maintenanceGate(world: Pick<World, "maintenance">): Promise<Gate> {
  try {
    const closed = await world.maintenance();
    if (closed === undefined) return { open: true };
    return { open: false, by: "maintenance", why: `${closed} is closed for changes` };
  } catch (error) {
    const why = `the maintenance calendars cannot be read (${String(error).slice(0, 200)})`;
    return { open: false, by: "maintenance", why };
  }
}
