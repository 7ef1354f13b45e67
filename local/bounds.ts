import { z } from "zod";
import { runbooks } from "../runbooks/index.ts";
import settings from "../paramedic.config.ts";
import { quarantined } from "../src/aws/quarantine.ts";
import type { Table } from "../src/aws/table.ts";
import type { State } from "../src/client/circuit/machine.ts";
import { lookAtCircuit } from "../src/client/circuit/stored.ts";
import { toMs } from "../src/clock.ts";
import { inWords } from "../src/engine/in-words.ts";
import { wilsonLower } from "../src/engine/trust.ts";
import type { Runbook } from "../src/runbook/runbook.ts";
import { configuredAutonomy, type Settings } from "../src/settings.ts";
import type { Bounds, ShownRunbook, Used } from "./console/state.ts";
import { estate } from "./estate/seed.ts";
import type { Stack } from "./stack.ts";

/** Everything in force that has an end or a limit, read from where the bot keeps it. */
export async function boundsOf({ stores, clock }: Pick<Stack, "stores" | "clock">): Promise<Bounds> {
  const { table, journal } = stores;
  const now = clock.now();
  const [circuits, leased, pools, overall, byRunbook, shownRunbooks] = await Promise.all([
    Promise.all(circuitNames(settings).map((name) => circuitOf(stores, name, clock))),
    journal.leased(20),
    quarantined(table, now),
    overallOf(table, now),
    Promise.all(atWork.map((runbook) => runsOf(table, runbook, now))),
    Promise.all(runbooks.map((runbook) => trustIn(stores, runbook))),
  ]);
  return {
    circuits,
    leases: leased.flatMap(({ incident, entries }) =>
      entries.flatMap(({ does, leaseUntil, state }) =>
        state === "done" && leaseUntil !== undefined ? [{ incident, does, until: leaseUntil }] : [],
      ),
    ),
    ...overall,
    limits: [...overall.limits, ...byRunbook],
    quarantine: [...pools].map(([pool, until]) => ({ pool, until })),
    runbooks: shownRunbooks,
  };
}

const services = [undefined, ...settings.services.map(({ name }) => name)];
const autonomyOf = ({ id }: Runbook) => services.map((service) => configuredAutonomy(settings, id, service));

/** Those that may change something: nobody else uses up a limit or earns trust. */
const atWork = runbooks.filter((runbook) =>
  autonomyOf(runbook).some((rung) => rung !== "observe" && rung !== "propose"),
);

/** The circuits that the settings name, and that of the estate's own provider. */
const circuitNames = ({ services }: Settings): string[] => [
  ...new Set([estate.provider, ...services.flatMap(({ dependencies }) => dependencies.map(({ circuit }) => circuit))]),
];

async function circuitOf(
  { table }: { table: Table },
  name: string,
  clock: Stack["clock"],
): Promise<Bounds["circuits"][number]> {
  const { state } = await lookAtCircuit(table, name, clock);
  return { name, kind: state.kind, ...partsOf(state) };
}

function partsOf(state: State): Pick<Bounds["circuits"][number], "why" | "until" | "share"> {
  switch (state.kind) {
    case "closed":
      return {};
    case "ramping":
      return { share: state.share };
    case "half-open":
      return { why: state.why, until: state.leaseUntil };
    case "open":
      return { why: state.why, until: state.until };
    case "forced-open":
    case "forced-closed":
    case "metrics-only":
      return { why: `${state.by}: ${state.why}`, until: state.until };
  }
}

// What the ledger keeps, as far as it is shown.
const runs = z.object({ runs: z.array(z.object({ at: z.number() })) }).catch({ runs: [] });
const touched = z
  .object({ touched: z.array(z.object({ at: z.number(), targets: z.array(z.string()) })) })
  .catch({ touched: [] });
const overall = z
  .object({
    wanted: z.array(z.object({ at: z.number(), changes: z.number(), usdPerHour: z.number() })),
    stormUntil: z.number(),
  })
  .catch({ wanted: [], stormUntil: 0 });

const hourMs = 3_600_000;
const stormMs = 600_000;

/** The limits over all runbooks together. */
async function overallOf(table: Table, now: number): Promise<Pick<Bounds, "limits" | "stormUntil">> {
  const { wanted, stormUntil } = overall.parse((await table.get({ pk: "limit#all", sk: "all" }))?.body);
  const { changesPerHour, usdPerHour, stormIncidents } = settings.limits;
  const within = (ms: number) => wanted.filter(({ at }) => at > now - ms);
  const total = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0);
  return {
    limits: [
      {
        of: "all runbooks: changes",
        used: total(within(hourMs).map(({ changes }) => changes)),
        most: changesPerHour,
        unit: "",
        why: "within an hour",
      },
      {
        of: "all runbooks: cost",
        used: total(wanted.map((one) => Math.max(0, one.usdPerHour))),
        most: usdPerHour,
        unit: "$/h",
        why: "that stands now",
      },
      {
        of: "all runbooks: sick at once",
        used: within(stormMs).length,
        most: stormIncidents,
        unit: "",
        why: "incidents within ten minutes; more are a storm",
      },
    ],
    ...(stormUntil > now && { stormUntil }),
  };
}

async function runsOf(table: Table, { id, definition }: Runbook, now: number): Promise<Used> {
  const { limit } = definition;
  const recent = runs
    .parse((await table.get({ pk: `limit#${id}`, sk: "runs" }))?.body)
    .runs.filter(({ at }) => at > now - toMs(limit.within));
  return { of: `${id}: runs`, used: recent.length, most: limit.runs, unit: "", why: `within ${inWords(limit.within)}` };
}

/** How much of a fleet has been touched, of what a runbook may touch of it. */
export async function shareOf(
  table: Table,
  now: number,
  fleet: { readonly scope: string; readonly size: number },
): Promise<Used[]> {
  const body = (await table.get({ pk: `limit#${fleet.scope}`, sk: "touched" }))?.body;
  return atWork.flatMap(({ id, definition: { limit } }) => {
    if (limit.share === undefined) return [];
    const recent = touched.parse(body).touched.filter(({ at }) => at > now - toMs(limit.within));
    const targets = new Set(recent.flatMap((one) => one.targets));
    const most = Math.max(1, Math.floor(fleet.size * limit.share));
    const why = `${limit.share * 100} % of ${fleet.size} within ${inWords(limit.within)}`;
    return [{ of: `${id}: ${fleet.scope}`, used: targets.size, most, unit: "" as const, why }];
  });
}

async function trustIn(stores: Stack["stores"], runbook: Runbook): Promise<ShownRunbook> {
  const { id, definition } = runbook;
  const one = async (service: string | undefined): Promise<ShownRunbook["autonomy"][number]> => {
    const configured = configuredAutonomy(settings, id, service);
    const rest = { configured, ...(service !== undefined && { service }) };
    if (!atWork.includes(runbook)) return { ...rest, allowed: configured, ok: 0, of: 0, atLeast: 0 };
    const [{ results, demoted }, allowed] = await Promise.all([
      stores.trust.read(id, service),
      stores.trust.allowed(id, service, configured),
    ]);
    const ok = results.filter((result) => result.ok).length;
    return {
      ...rest,
      allowed,
      ok,
      of: results.length,
      atLeast: wilsonLower(ok, results.length),
      ...(allowed !== configured && demoted && { demotedFor: demoted.why }),
    };
  };
  return {
    id,
    summary: definition.summary,
    isHighRisk: definition.risk === "high",
    within: definition.limit.within,
    autonomy: await Promise.all(services.map(one)),
  };
}
