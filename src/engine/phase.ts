import { type Incident, isClosed, type Phase } from "../incidents/incident.ts";
import type { World } from "./world.ts";

/** Moves an incident on. One that is closed stays closed, and from taking back there is no way but to the end. */
export async function setPhase(world: World, id: string, phase: Phase, more: Partial<Incident> = {}): Promise<void> {
  await world.incidents.update(id, (was) =>
    isClosed(was) || (was.phase.state === "undoing" && phase.state !== "undoing") ? was : { ...was, ...more, phase },
  );
}
