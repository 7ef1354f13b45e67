import { actionsOf, type StoredPlan } from "../runbook/plan.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { standing } from "./journal.ts";
import { setPhase } from "./phase.ts";
import { lastAsked, look } from "./run-plan.ts";
import type { Steps } from "./steps.ts";
import { showIncident, tell } from "./tell.ts";
import type { World } from "./world.ts";

/** How a lease ended: its time was over, and how things were then, or a person wanted the change back before. */
export type Held = { readonly kind: "over"; readonly troubleIsBack?: string } | { readonly kind: "undo" };

/** Waits until what was lent is to be given back. Answers at once when nothing was lent, or only until the plan has helped. */
export async function holdLeases(
  world: World,
  steps: Steps,
  runbook: Runbook,
  id: string,
  plan: StoredPlan,
): Promise<Held> {
  if (!actionsOf(plan).some(({ lease, untilHelped }) => lease && !untilHelped)) return { kind: "over" };
  const leftMs = await steps.atLeastOnce("hold", async () => {
    const ends = standing(await world.journal.read(id)).flatMap(({ leaseUntil }) => leaseUntil ?? []);
    const end = Math.max(world.clock.now(), ...ends);
    await setPhase(world, id, { state: "holding", until: end });
    await tell(world, id, "holding", "It helped. What was changed is given back by itself when its time is over.");
    return end - world.clock.now();
  });
  // Waiting as for an answer, so that a person can end it: by wanting the change back.
  await steps.waitForPeople(
    "lease",
    async (callbackId) => {
      await world.incidents.update(id, (was) =>
        was.phase.state === "holding" ? { ...was, phase: { ...was.phase, callbackId } } : was,
      );
      await showIncident(world, id);
    },
    leftMs,
  );
  const { undo } = await steps.atLeastOnce("lease over", async () => {
    const found = await world.incidents.get(id);
    return { undo: found.undo !== undefined };
  });
  if (undo) return { kind: "undo" };
  // Trouble that came back while the lease was held has joined this incident and calls nobody else: so it is looked for.
  const asked = lastAsked(plan);
  const seen = asked && (await look(world, steps, runbook, id, "lease end", asked));
  return { kind: "over", ...(seen?.holds === false && { troubleIsBack: seen.saw }) };
}
