import type { Deed } from "./deed.ts";
import { textsIn } from "./deed.ts";
import type { Decided, Result } from "./result.ts";

/** How what a version would have done compares with what people did. */
export interface Agreement {
  /** Incidents with a plan, whoever may decide about it. */
  readonly planned: number;
  /** People did the same to the same thing. */
  readonly same: number;
  /** People did something else to it. */
  readonly other: number;
  /** People did nothing. */
  readonly onlyBot: readonly Decided[];
  /** What people did that belongs to no incident. */
  readonly onlyPeople: readonly Deed[];
}

/** Before an incident is known it may have been answered: an alarm says what has been true for minutes. */
const earlyMs = 5 * 60_000;

/**
 * Looks for what people did about each incident: from five minutes before it began until `withinMs` after. `undefined` if the
 * version does not say what its actions touch. Pure.
 */
export function agree(
  { incidents }: Pick<Result, "incidents">,
  deeds: readonly Deed[],
  withinMs: number,
): Agreement | undefined {
  const planned = incidents.filter(({ plan }) => plan.length > 0);
  if (planned.some(({ plan }) => plan.some(({ touches }) => touches === undefined))) return undefined;
  const answered = new Set<Deed>();
  const found = planned.map((incident) => {
    const began = Date.parse(incident.began);
    const names = new Set(textsIn([incident.root, incident.plan.map(({ touches }) => touches)]));
    const about = deeds.filter(
      (deed) => deed.at >= began - earlyMs && deed.at <= began + withinMs && deed.names.some((name) => names.has(name)),
    );
    for (const deed of about) answered.add(deed);
    const kind = about.some((deed) => isPlanned(incident, deed)) ? "same" : about.length > 0 ? "other" : "none";
    return { incident, kind };
  });
  const count = (kind: string): number => found.filter((one) => one.kind === kind).length;
  return {
    planned: planned.length,
    same: count("same"),
    other: count("other"),
    onlyBot: found.filter(({ kind }) => kind === "none").map(({ incident }) => incident),
    onlyPeople: deeds.filter((deed) => !answered.has(deed)),
  };
}

/** Whether people did one of the planned actions: called by its id, or by an operation of AWS that it uses, service or not. */
const isPlanned = ({ plan }: Decided, { action }: Deed): boolean =>
  plan.some(({ action: id, calls = [] }) =>
    [id, ...calls, ...calls.map((call) => call.split(":")[1])].some(
      (name) => name?.toLowerCase() === action.toLowerCase(),
    ),
  );
