import type { Outcome } from "../incidents/incident.ts";
import { tell } from "./tell.ts";
import type { World } from "./world.ts";

/**
 * Remembers what a remediation has taught: how long its actions took, and whether the runbook did what it promised. What
 * follows for its autonomy is told: a demotion holds at once, a promotion is for people to decide. Bears repeating.
 */
export async function learn(world: World, id: string, end: Outcome): Promise<void> {
  const [incident, entries] = await Promise.all([world.incidents.get(id), world.journal.read(id)]);
  const { runbook, root, service, autonomy } = incident;
  if (incident.learned || entries.length === 0) return;
  await world.durations.note(
    entries.flatMap(({ action, tookMs }) => (tookMs === undefined ? [] : { action, ms: tookMs })),
  );
  // A person who wanted it back, or halted it, has not found it wrong; neither has a deadline.
  const isMeasured = autonomy && !incident.undo && (end === "healed" || end === "undone" || end === "escalated");
  if (isMeasured) {
    const verdict = await world.trust.record(runbook, service, autonomy, id, end === "healed");
    if (verdict.kind === "demoted") {
      await tell(world, id, "demoted", `${runbook} may now only ${verdict.to} for ${service ?? root}: ${verdict.why}.`);
      await world.page(`demoted: ${runbook}`, `It may now only ${verdict.to} for ${service ?? root}: ${verdict.why}.`);
    }
    if (verdict.kind === "promotable") {
      const set = `autonomy: { "${runbook}": "${verdict.to}" }`;
      await tell(
        world,
        id,
        "promotable",
        `${runbook} has earned "${verdict.to}" for ${service ?? root}: ${verdict.why}. To grant it: ${set}.`,
      );
    }
  }
  await world.incidents.update(id, (was) => ({ ...was, learned: true }));
}
