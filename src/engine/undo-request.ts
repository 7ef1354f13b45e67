import { type Incident, isClosed } from "../incidents/incident.ts";
import { type Clicker, mayDecide, signedBy } from "./people.ts";
import { standing } from "./journal.ts";
import { startUndo } from "./receive.ts";
import type { World } from "./world.ts";

/** What becomes of a wish to have everything back, in words for the person who asked. */
export type Asked = { readonly kind: "taken" | "refused"; readonly why: string };

/**
 * A person wants back what was changed for an incident: while it is being done, while it is held, or after the end. The
 * wish is written down first, so it survives everything; asking again changes nothing.
 *
 * Taking back goes through the halt gate like every change. Only approvers of the runbook may ask.
 */
export async function requestUndo(world: World, id: string, who: Clicker, why: string): Promise<Asked> {
  const refused = (reason: string): Asked => ({ kind: "refused", why: reason });
  const found = await world.incidents.get(id);
  const name = mayDecide(world.settings, who, found);
  if (name.kind === "refused") return refused(name.why);
  if (found.undo) return refused(`${found.undo.name} has already asked for that.`);
  const { state } = found.phase;
  if (state === "undoing") return refused("It is being taken back already.");
  if (state === "open" || state === "planning" || state === "waiting") {
    return refused("Nothing has been changed yet. Deny the plan instead.");
  }
  const entries = standing(await world.journal.read(id));
  if (isClosed(found) && entries.length === 0) return refused("Nothing of it stands any more.");

  const asked = await world.incidents.update(id, (was) =>
    was.undo ? was : { ...was, undo: { by: who.id, name: name.name, why, at: world.clock.now() } },
  );
  await world.stories.tell(id, "undo asked", `${name.name} wants it back: ${why}.`, signedBy(who));
  await pursueUndo(world, asked);
  return { kind: "taken", why: "What was changed is being taken back, last change first." };
}

/**
 * Wakes the execution that holds the change, starts one if none lives; one that is acting sees the wish by itself. Bears
 * repeating: `watch` does it again where a wake-up was lost.
 */
export async function pursueUndo(world: World, incident: Incident): Promise<void> {
  const { phase } = incident;
  if (phase.state === "holding" && phase.callbackId !== undefined) await world.executions.wake(phase.callbackId);
  if (phase.state === "closed" && phase.outcome !== "undone") await startUndo(world, incident, undoTurn);
}

/** Turns from 1 count the undos that `watch` starts; a person's is apart from them. */
const undoTurn = 0;
