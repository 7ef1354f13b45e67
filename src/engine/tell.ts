import { z } from "zod";
import { isClosed } from "../incidents/incident.ts";
import type { Line } from "../incidents/story.ts";
import type { Json } from "../json.ts";
import { standing } from "./journal.ts";
import type { World } from "./world.ts";

/** The people whom a line of a story calls, by their Slack ids. */
const calls = z.object({ calls: z.array(z.string()) });
const callsIn = ({ facts }: Line): readonly string[] => calls.safeParse(facts).data?.calls ?? [];

/** Writes a line into an incident's story. The story is the truth; Slack shows it. */
export async function tell(
  world: World,
  incident: string,
  key: string,
  text: string,
  more?: { who?: string; facts?: Json },
): Promise<void> {
  await world.stories.tell(incident, key, text, more);
}

/**
 * Brings Slack up to the truth: the card shows the present state, and the thread has every line of the story.
 *
 * Slack is a view. When it does not answer, nothing else stops: this reports it and answers `false`, and the next call,
 * by whoever, catches up.
 */
export async function showIncident(
  world: Pick<World, "incidents" | "stories" | "journal" | "approvals" | "chat" | "log">,
  id: string,
): Promise<boolean> {
  try {
    const [incident, story] = await Promise.all([world.incidents.get(id), world.stories.read(id)]);
    const approval =
      incident.phase.state === "waiting" ? await world.approvals.get(incident.phase.approvalId) : undefined;
    const stands = isClosed(incident) && standing(await world.journal.read(id)).length > 0;
    const { isWhole, ...where } = await world.chat.show({ incident, story, stands, ...(approval && { approval }) });
    let told = incident.card?.ts === where.ts ? incident.card.told : 0;
    // Where the card is comes first: whoever shows it next must find it, even if the thread takes no more just now.
    const remember = () => world.incidents.update(id, (was) => ({ ...was, card: { ...where, told } }));
    if (incident.card?.ts !== where.ts || incident.card.chart !== where.chart) await remember();
    try {
      for (const line of story.slice(told)) {
        await world.chat.tell(where, line.text, callsIn(line));
        told += 1;
      }
    } finally {
      if (told !== (incident.card?.ts === where.ts ? incident.card.told : 0)) await remember();
    }
    return isWhole === false ? await showIncident(world, id) : true;
  } catch (error) {
    world.log("warn", "slack does not show the incident as it is", { incident: id, error: String(error) });
    return false;
  }
}
