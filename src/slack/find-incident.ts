import { BotError } from "../bot-error.ts";
import type { World } from "../engine/world.ts";
import type { Incident } from "../incidents/incident.ts";
import { nearest } from "../nearest.ts";

/** So far back is looked for what somebody means. */
const recentMax = 200;

/**
 * The incident that somebody means: by its id or the beginning of it, by what it is about (`service/chat`, `chat`), or
 * the `last`. If it is none, why, with the nearest that is one.
 */
export async function findIncident(
  { incidents }: Pick<World, "incidents">,
  typed: string,
): Promise<{ readonly kind: "found"; readonly incident: Incident } | { readonly kind: "none"; readonly why: string }> {
  const exact = await byId(incidents, typed);
  if (exact) return { kind: "found", incident: exact };
  const recent = await incidents.recent(recentMax);
  const meant = recent.find(
    ({ id, root }) => typed === "last" || id.startsWith(typed) || root === typed || root.endsWith(`/${typed}`),
  );
  if (meant) return { kind: "found", incident: meant };
  const near = nearest(
    typed,
    recent.flatMap(({ id, root }) => [id, root]),
  );
  const hint = near === undefined ? "" : ` Did you mean “${near}”?`;
  return {
    kind: "none",
    why: recent.length === 0 ? "There has been no incident yet." : `There is no incident “${typed}”.${hint}`,
  };
}

async function byId(incidents: World["incidents"], id: string): Promise<Incident | undefined> {
  if (!/^[0-9a-f]{12}-\d{1,8}$/.test(id)) return undefined;
  try {
    return await incidents.get(id);
  } catch (error) {
    if (error instanceof BotError && error.code === "not_found") return undefined;
    throw error;
  }
}
