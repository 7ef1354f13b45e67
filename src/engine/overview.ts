import { levelNow, readLevel } from "../aws/level.ts";
import type { Halt } from "../aws/switches.ts";
import { lookAtCircuit } from "../client/circuit/stored.ts";
import type { State } from "../client/circuit/machine.ts";
import { type Incident, isClosed } from "../incidents/incident.ts";
import type { Level } from "../runbook/look/service.ts";
import type { Approval } from "./approvals.ts";
import { standing } from "./journal.ts";
import type { World } from "./world.ts";

/** How things stand now: what people look at first. */
export interface Overview {
  readonly now: number;
  readonly halts: readonly Halt[];
  /** Not closed, newest first. */
  readonly open: readonly Incident[];
  /** Those of the open ones that wait for somebody, most urgent first. */
  readonly questions: readonly { readonly incident: Incident; readonly approval: Approval }[];
  /** Closed, newest first. */
  readonly closed: readonly Incident[];
  /** Services that show less than all of themselves. */
  readonly levels: readonly LevelShown[];
  /** Circuits that are not closed. */
  readonly circuits: readonly { readonly circuit: string; readonly state: State }[];
  /** Changes that will be given back, soonest first. */
  readonly leases: readonly { readonly incident: string; readonly does: string; readonly until: number }[];
  /** What could not be looked at. */
  readonly unread: readonly string[];
}

export interface LevelShown {
  readonly service: string;
  readonly level: Level;
  readonly by: string;
  readonly why: string;
  /** Milliseconds since the epoch. */
  readonly until?: number;
}

type Looking = Pick<
  World,
  "settings" | "clock" | "incidents" | "approvals" | "journal" | "table" | "halts" | "reading" | "log"
>;

/** So many are looked at; people read fewer. */
const openMax = 100;
const closedMax = 20;

/** Looks at everything once. What cannot be read is named, and the rest is shown all the same. */
export async function lookOver(world: Looking): Promise<Overview> {
  const unread: string[] = [];
  const read = async <T>(what: string, asked: Promise<T>, instead: T): Promise<T> => {
    try {
      return await asked;
    } catch (error) {
      world.log("warn", "a part of the overview cannot be read", { what, error: String(error) });
      unread.push(what);
      return instead;
    }
  };
  const now = world.clock.now();
  const [halts, open, recent, levels, circuits, leases] = await Promise.all([
    read("the stop switch", world.halts(), []),
    read("open incidents", world.incidents.open(openMax), []),
    read("closed incidents", world.incidents.recent(openMax + closedMax), []),
    read("levels", levelsBelowFull(world, now), []),
    read("circuits", circuitsNotClosed(world), []),
    read("leases", leasesOf(world), []),
  ]);
  const questions = await read("questions", questionsOf(world, open), []);
  const closed = recent.filter(isClosed).slice(0, closedMax);
  return { now, halts, open, questions, closed, levels, circuits, leases, unread };
}

async function levelsBelowFull({ settings, reading }: Looking, now: number): Promise<LevelShown[]> {
  const shown = await Promise.all(
    settings.services.map(async ({ name: service }): Promise<LevelShown[]> => {
      const found = await readLevel(reading.ssm, service);
      const level = levelNow(found, now);
      if (level === "full" || !found?.value) return [];
      const { setBy: by, reason: why, expiresAt } = found.value;
      return [{ service, level, by, why, ...(expiresAt !== undefined && { until: expiresAt }) }];
    }),
  );
  return shown.flat();
}

/** The circuits of the settings, each once: two services may share one. */
export const circuitsOf = ({ services }: Looking["settings"]): string[] => [
  ...new Set(services.flatMap(({ dependencies }) => dependencies.map(({ circuit }) => circuit))),
];

async function circuitsNotClosed({ settings, table, clock }: Looking): Promise<Overview["circuits"]> {
  const all = circuitsOf(settings).map(async (circuit) => ({
    circuit,
    state: (await lookAtCircuit(table, circuit, clock)).state,
  }));
  return (await Promise.all(all)).filter(({ state }) => state.kind !== "closed");
}

async function leasesOf({ journal }: Looking): Promise<Overview["leases"]> {
  const journals = await journal.leased(openMax);
  return journals
    .flatMap(({ incident, entries }) =>
      standing(entries).flatMap(({ does, leaseUntil }) =>
        leaseUntil === undefined ? [] : [{ incident, does, until: leaseUntil }],
      ),
    )
    .sort((a, b) => a.until - b.until);
}

async function questionsOf({ approvals }: Looking, open: readonly Incident[]): Promise<Overview["questions"]> {
  const asked = await Promise.all(
    open.map(async (incident) => {
      if (incident.phase.state !== "waiting") return [];
      const approval = await approvals.get(incident.phase.approvalId);
      return approval && !approval.decision && !approval.withdrawn ? [{ incident, approval }] : [];
    }),
  );
  return asked.flat().sort((a, b) => a.approval.until - b.approval.until);
}
