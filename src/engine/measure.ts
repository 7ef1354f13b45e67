import { z } from "zod";
import type { Measured } from "../aws/metrics.ts";
import { change } from "../aws/table.ts";
import { type Closed, isClosed } from "../incidents/incident.ts";
import type { World } from "./world.ts";

const round = z.object({ at: z.number() });
const key = { pk: "watch#round", sk: "round" };

/** What a line of a story says about an action, by the first word of its key. */
const actionStates: Readonly<Record<string, string>> = {
  done: "done",
  failed: "failed",
  undone: "undone",
  kept: "kept",
};

/**
 * What there is to measure of the incidents that were closed since the last round: how quick the bot was, how they ended,
 * what was done, and how often people were asked. A round that dies half-way may leave its incidents out; none counts twice.
 */
export async function measureClosed(
  world: Pick<World, "table" | "incidents" | "stories" | "clock">,
): Promise<Measured[]> {
  const now = world.clock.now();
  let since = now;
  await change(world.table, key, round, (was) => {
    since = was?.at ?? now;
    return { body: { at: now } };
  });
  const incidents = await world.incidents.recent(200);
  const closed = incidents.filter(isClosed).filter(({ phase }) => phase.at > since && phase.at <= now);
  return (await Promise.all(closed.map((incident) => measured(world, incident)))).flat();
}

async function measured({ stories }: Pick<World, "stories">, incident: Closed): Promise<Measured[]> {
  const { beganAt, openedAt, firstActionAt, overLimit, phase } = incident;
  const firstWords = (await stories.read(incident.id)).map((line) => line.key.split(" ")[0] ?? "");
  return [
    { name: "TimeToDetect", value: Math.max(0, openedAt - beganAt) },
    ...(firstActionAt === undefined ? [] : [{ name: "NoticeToAction", value: firstActionAt - beganAt } as const]),
    ...(phase.outcome === "healed" ? [{ name: "TimeToRecover", value: phase.at - beganAt } as const] : []),
    { name: "Incidents", value: 1, by: { Outcome: phase.outcome } },
    ...(overLimit ? [{ name: "LimitsHit", value: 1 } as const] : []),
    ...firstWords.flatMap((word): Measured[] => {
      const State = actionStates[word];
      if (word === "asked") return [{ name: "Prompts", value: 1 }];
      return State === undefined ? [] : [{ name: "Actions", value: 1, by: { State } }];
    }),
  ];
}
