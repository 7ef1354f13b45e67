import { isInTrouble, suspects } from "../../../src/detect/suspects.ts";
import { quantile } from "../interval.ts";
import { type PetshopIncident, type PetshopTraffic, readPetshop } from "../petshop.ts";
import { distances, type Known, lasting, learn } from "../petshop-judge.ts";
import type { Run, Scenario, Trial, Worlds } from "../scenario.ts";

const binS = 300;
/** CloudWatch shows a bin one to two minutes after it has ended. */
const lagS = 90;
/** What a detector remembers of a metric, in points. */
const memory = 100;

/** S11: faults that were injected into a real application, replayed without anybody acting: found, and the right component named? */
export const incidentReplay: Scenario = {
  id: "S11",
  title: "Incident replay",
  about:
    "52 faults injected into a real application on AWS, from its five-minute metrics. Lost is an incident in which nobody was pointed to the " +
    "right component, in three guesses. Fault-free are three and a half days of another month.",
  // One piece of the quiet recordings goes with each incident.
  days: 2 / 26,
  lossUnit: "% of incidents without the right component",
  against: "alarms at 2x and 1 %",
  goals: [
    { metric: "recall", atLeast: 0.9, says: "finds nine of ten incidents" },
    { metric: "falseAWeek", atMost: 1, says: "at most one false alarm a week" },
    { metric: "first", atLeast: 0.5, says: "the right component first in half of the incidents" },
    { metric: "inThree", atLeast: 0.75, says: "the right component in the first three in three quarters" },
  ],
  open(traces): Worlds {
    const worlds = Object.values(readPetshop(traces)).flatMap(toWorlds);
    return {
      count: worlds.length,
      run: (seed) => Promise.resolve(trial(worlds[(seed - 1) % worlds.length]!)),
    };
  },
};

interface World {
  readonly traffic: PetshopTraffic;
  readonly known: readonly Known[];
  readonly incident: PetshopIncident;
  /** The bin before each of the other incidents: what the application was like in that month. */
  readonly before: (key: string) => number[];
  /** Alerts in this incident's piece of the quiet recording, by judge, and its length. */
  readonly quiet: Readonly<Record<Judge, number>>;
  readonly quietWeeks: number;
}

type Judge = "components" | "warn" | "critical";

function toWorlds(traffic: PetshopTraffic): World[] {
  const known = learn(traffic);
  const incidents = Object.entries(traffic.issues);
  const bins = traffic.noissue.t.length - memory;
  const alerts = quietAlerts(traffic, known);
  return incidents.map(([id, incident], place): World => {
    const others = incidents.filter(([other]) => other !== id).map(([, { metrics }]) => metrics);
    const from = memory + Math.floor((place * bins) / incidents.length);
    const to = memory + Math.floor(((place + 1) * bins) / incidents.length);
    const within = (judge: Judge) => alerts[judge].filter((bin) => bin >= from && bin < to).length;
    return {
      traffic,
      known,
      incident,
      before: (key) => others.map(({ series }) => series[key]?.[0] ?? Number.NaN),
      quiet: { components: within("components"), warn: within("warn"), critical: within("critical") },
      quietWeeks: ((to - from) * binS) / 604_800,
    };
  });
}

/** The bins of the quiet recording with which an alert begins. */
function quietAlerts({ noissue }: PetshopTraffic, known: readonly Known[]): Record<Judge, number[]> {
  const bins = Array.from({ length: noissue.t.length - memory }, (_, i) => memory + i);
  const seen = bins.map((bin) =>
    distances(known, ({ values }) => ({ before: values.slice(bin - memory, bin), now: values[bin] ?? Number.NaN })),
  );
  const starts = (isOn: (bin: number, i: number) => boolean) =>
    bins.filter((bin, i) => isOn(bin, i) && !(i > 0 && isOn(bin - 1, i - 1)));
  const frontEnd = (key: string, bin: number) => noissue.series[key]?.[bin] ?? Number.NaN;
  const usual = (key: string) =>
    quantile(
      (noissue.series[key] ?? []).filter((value) => value !== null),
      0.5,
    );
  const byRule = (times: number, errors: number) => (bin: number) =>
    breaks(times, errors, usual, (key) => frontEnd(key, bin));
  return {
    components: starts((_, i) => i > 0 && isInTrouble(lasting(seen[i]!, seen[i - 1]!))),
    warn: starts(byRule(2, 1)),
    critical: starts(byRule(5, 5)),
  };
}

/** The usual thresholds on what users see: so many times the usual p95, so many per cent of errors. */
const breaks = (times: number, errors: number, usual: (key: string) => number, now: (key: string) => number): boolean =>
  now("PetSite|latency|p95") > times * usual("PetSite|latency|p95") ||
  now("PetSite|availability|Average") < 100 - errors;

function trial(world: World): Trial {
  const bot = byComponents(world);
  return {
    bot,
    baselines: {
      "alarms at 2x and 1 %": byAlarm(world, "warn", 2, 1),
      "alarms at 5x and 5 %": byAlarm(world, "critical", 5, 5),
    },
    oracle: {
      loss: 0,
      metrics: { recall: 1, first: 1, inThree: 1, falseAWeek: 0 },
      delays: { detect: [untilSeen(world, 1)] },
    },
  };
}

/** From the fault to when CloudWatch shows the end of a bin, in seconds. */
const untilSeen = ({ incident: { metrics, target } }: World, bin: number): number =>
  (metrics.t[bin] ?? Infinity) + binS + lagS - target.timestamp;

/** The first bin that holds a second of the fault. */
const onset = ({ incident: { metrics, target } }: World): number =>
  metrics.t.findIndex((start) => start + binS > target.timestamp);

function byComponents(world: World): Run {
  const { incident, known, before, traffic } = world;
  const at = (bin: number) =>
    distances(known, ({ key }) => ({ before: before(key), now: incident.metrics.series[key]?.[bin] ?? Number.NaN }));
  const seen = incident.metrics.t.map((_, bin) => at(bin));
  const first = onset(world);
  const found = seen
    .map((now, bin) => ({ bin, now: bin > first ? lasting(now, seen[bin - 1]!) : new Map<string, number>() }))
    .find(({ now }) => isInTrouble(now));
  const place = found
    ? suspects(found.now, traffic.graph).findIndex(({ component }) => component === incident.root_cause.node)
    : -1;
  return toRun(world, "components", found?.bin, place);
}

function byAlarm(world: World, judge: Judge, times: number, errors: number): Run {
  const { incident, before } = world;
  const usual = (key: string) =>
    quantile(
      before(key).filter((value) => Number.isFinite(value)),
      0.5,
    );
  const now = (key: string, bin: number) => incident.metrics.series[key]?.[bin] ?? Number.NaN;
  const first = onset(world);
  const found = incident.metrics.t.findIndex(
    (_, bin) => bin >= first && breaks(times, errors, usual, (key) => now(key, bin)),
  );
  return toRun(world, judge, found < 0 ? undefined : found, incident.root_cause.node === "PetSite" ? 0 : -1);
}

function toRun(world: World, judge: Judge, bin: number | undefined, place: number): Run {
  const isFound = bin !== undefined;
  const inThree = isFound && place >= 0 && place < 3;
  return {
    loss: inThree ? 0 : 100,
    metrics: {
      recall: Number(isFound),
      first: Number(isFound && place === 0),
      inThree: Number(inThree),
      falseAWeek: world.quiet[judge] / world.quietWeeks,
    },
    delays: { detect: [isFound ? untilSeen(world, bin) : Infinity] },
    prompts: world.quiet[judge],
  };
}
