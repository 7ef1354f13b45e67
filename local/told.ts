import { type Incident, isClosed } from "../src/incidents/incident.ts";
import { brokenLine, type Line } from "../src/incidents/story.ts";
import { usdPerHourOf } from "../src/runbook/plan.ts";
import type { ShownIncident, ShownStory } from "./console/state.ts";
import type { Stack } from "./stack.ts";

/**
 * Gives an incident with all that is known of it. What is closed is read once more only when it has changed: a long past must
 * not slow the present down.
 */
export function createTeller({ stores }: Pick<Stack, "stores">): (incident: Incident) => Promise<ShownIncident> {
  const known = new Map<string, { of: string; shown: ShownIncident }>();
  return async (incident) => {
    const of = JSON.stringify(incident);
    const before = known.get(incident.id);
    if (before?.of === of && isClosed(incident)) return before.shown;
    const [story, journal] = await Promise.all([stores.stories.read(incident.id), stores.journal.read(incident.id)]);
    const asked = askedIn(incident, story);
    const approval = asked === undefined ? undefined : await stores.approvals.get(asked);
    const shown = {
      ...incident,
      ...shownStory(story),
      journal,
      ...(approval && { approval }),
      ...(incident.plan && { usdPerHour: usdPerHourOf(incident.plan) ?? null }),
    };
    known.set(incident.id, { of, shown });
    return shown;
  };
}

/** A story with what its chain of hashes says of it. */
export function shownStory(story: readonly Line[]): ShownStory {
  const broken = brokenLine(story);
  return { story, ...(broken && { brokenAt: broken.seq }) };
}

/** The latest question: the one that is open, or the last that the story tells of, by its key. */
function askedIn({ phase }: Incident, story: readonly Line[]): string | undefined {
  if (phase.state === "waiting") return phase.approvalId;
  const prefix = "asked ";
  return story.findLast(({ key }) => key.startsWith(prefix))?.key.slice(prefix.length);
}
