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

/** The gates before a plan is made: halt, then maintenance. A gate that refuses consumes nothing behind it. */
export async function openingGates(world: Pick<World, "halted" | "maintenance">): Promise<Gate> {
  const [halt, closed] = await Promise.all([haltGate(world), world.maintenance()]);
  if (!halt.open) return halt;
  return closed === undefined
    ? { open: true }
    : { open: false, by: "maintenance", why: `${closed} is closed for changes` };
}
