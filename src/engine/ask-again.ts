import type { Incident } from "../incidents/incident.ts";
import type { Approval } from "./approvals.ts";
import { inWords } from "./in-words.ts";
import { calledBy, deciders } from "./people.ts";
import { showIncident, tell } from "./tell.ts";
import type { World } from "./world.ts";

/** So many are called by name; a call to everybody is a call to nobody. */
const calledMost = 10;

/**
 * Half of the time to decide is over and nobody has decided: those who may and have not are called by name in the thread,
 * and the topic that wakes people is told, which also reaches them when Slack does not. Once for each question, at least.
 * What goes on by itself unless somebody objects calls nobody.
 */
export async function askAgain(world: World, incident: Incident, asked: Approval): Promise<void> {
  const { id, askedAt, until, silence, assents, needs } = asked;
  const now = world.clock.now();
  if (silence === "goes" || now < (askedAt + until) / 2 || now >= until) return;
  const key = `asked again ${id}`;
  const story = await world.stories.read(incident.id);
  if (story.some((line) => line.key === key)) return;

  const called = deciders(world.settings, asked)
    .filter(({ slack }) => slack === undefined || !assents.some(({ by }) => by === slack))
    .slice(0, calledMost);
  const names = called.map(calledBy).join(", ") || "Nobody";
  const left = inWords({ seconds: Math.ceil((until - now) / 60_000) * 60 });
  const missing = needs - assents.length;
  const said = `Nobody has decided yet; ${left} are left. ${names} may${missing > 1 ? `, and ${missing} have to` : ""}.`;
  const ways = `In the thread in Slack, or with: paramedic approve ${id} --as NAME (or deny). ${incident.title}.`;
  await world.page(`waiting for a decision: ${incident.id}`, `${said} ${ways}`);
  await tell(world, incident.id, key, said, {
    facts: { calls: called.flatMap(({ slack, group }) => slack ?? group ?? []) },
  });
  await showIncident(world, incident.id);
}
