import type { Outcome } from "../incidents/incident.ts";
import { closeIncident } from "./close.ts";
import type { End } from "./decide.ts";
import { learn } from "./learn.ts";
import type { Steps } from "./steps.ts";
import type { World } from "./world.ts";

/** How a remediation ended, as the durable service records it. */
export interface Ended {
  readonly incident: string;
  readonly outcome: Outcome;
  readonly why: string;
}

/** Ends the incident. People are woken first: once it is closed, nobody would come back to do that. */
export async function finish(world: World, steps: Steps, id: string, { end, why, page }: End): Promise<Ended> {
  if (page ?? (end === "undone" || end === "escalated")) {
    await steps.atLeastOnce("page", () => world.page(`${end}: ${id}`, why));
  }
  await steps.atLeastOnce("learn", () => learn(world, id, end));
  await steps.atLeastOnce("finish", () => closeIncident(world, id, end, why));
  return { incident: id, outcome: end, why };
}
