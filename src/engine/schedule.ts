import { noteSupply, supplyTable } from "../aws/spot-supply.ts";
import { hurryHours, lastHours, leakOfTasks } from "../runbook/leaking.ts";
import { memoryMetric } from "../runbook/triggers/memory.ts";
import { foresee } from "../runbook/ahead.ts";
import { sizeFunction, sizeTask } from "../runbook/sizing.ts";
import type { ServiceSettings } from "../settings.ts";
import type { Due } from "../signals/due.ts";
import { openingGates } from "./gates.ts";
import { receive } from "./receive.ts";
import type { World } from "./world.ts";

const fiveMinutesMs = 300_000;
const tenMinutesMs = 600_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** The schedule comes every minute, and one that was missed is made up for by the next ones. */
const lateMs = 3 * 60_000;

/** Whose schedule it is. */
type From = Pick<Due, "account" | "region">;

/**
 * Looks at what nobody sends an event for, when its time has come: jobs that wait with a deadline every five minutes, a rise
 * of demand every ten, memory that leaks every hour, the size of tasks and functions once a day. Only what has something to do becomes an incident, so a service that is well makes no noise; and
 * while nothing may be changed, nothing is looked at. Answers what it found.
 *
 * Bears repeating: what is found again within its time joins the same incident.
 *
 * @throws AggregateError when something could not be looked at; everything else was.
 */
export async function onSchedule(world: World, from: From): Promise<readonly Due[]> {
  if (!(await openingGates(world, [])).open) return [];
  const found: Due[] = [];
  const failures: unknown[] = [];
  for (const service of world.settings.services) {
    for (const look of [riseIn, leakIn, sizeOf]) {
      try {
        const seen = await look(world, service);
        if (!seen) continue;
        const due = toDue(seen, service, from);
        found.push(due);
        await receive(world, due);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  try {
    // Batch says nothing while a job waits; the trigger leaves those that have time.
    if (slot(world.clock.now(), fiveMinutesMs, 0) !== undefined) {
      await lookAtSupply(world);
      const jobs = [...(await world.look.waitingJobs()), ...(await world.look.misplacedJobs(fiveMinutesMs))];
      for (const job of jobs) await receive(world, job);
    }
  } catch (error) {
    failures.push(error);
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, `looking by schedule: ${failures.length} could not be looked at`);
  }
  return found;
}

/** What there is on spot for jobs with deadlines, seen every five minutes, is all that is known of how it comes and goes. */
async function lookAtSupply({ look, reading, settings, clock }: World): Promise<void> {
  const regions = new Map(
    settings.batch.queues.map(({ instanceType, spot }) => [instanceType, spot.split(":")[3] ?? ""]),
  );
  for (const [instanceType, region] of regions) {
    const available = await look.spotZones(instanceType, region);
    await noteSupply(supplyTable(reading, settings), instanceType, [{ atH: clock.now() / 3_600_000, available }]);
  }
}

type Seen = Pick<Due, "what" | "at" | "why">;

async function riseIn({ look, clock }: World, { ahead }: ServiceSettings): Promise<Seen | undefined> {
  const at = slot(clock.now(), tenMinutesMs, 0);
  if (!ahead || at === undefined) return undefined;
  const { kind, why } = await foresee(look, ahead, at);
  return kind === "rise" ? { what: "rise-ahead", at, why } : undefined;
}

/** An alarm says once that memory is high; that it rises, and how long it will last, is only seen by looking again. */
async function leakIn({ look, clock }: World, { memory }: ServiceSettings): Promise<Seen | undefined> {
  const at = slot(clock.now(), hourMs, 0);
  if (!memory || at === undefined) return undefined;
  const { cluster, service, limit, load } = memory;
  const measured = await leakOfTasks(look, { cluster, service, metric: memoryMetric(memory), limit });
  if (!("leak" in measured) || measured.leak.kind !== "leaking" || measured.found.tasks.length < 2) return undefined;
  const { hoursToLimit } = measured.leak;
  if (hoursToLimit > (load ? hurryHours : lastHours)) return undefined;
  return { what: "memory-leaks", at, why: `its memory rises, and ends in ${Math.ceil(hoursToLimit)} h` };
}

async function sizeOf({ look, clock }: World, { size }: ServiceSettings): Promise<Seen | undefined> {
  const at = size && slot(clock.now(), dayMs, size.hourUtc * 3_600_000);
  if (!size || at === undefined) return undefined;
  const { kind, why } = await (size.kind === "ecs" ? sizeTask(look, size, at) : sizeFunction(look, size, at));
  return kind === "resize" ? { what: "size-off", at, why } : undefined;
}

/** The time that was scheduled last, unless it is too long ago. */
function slot(now: number, everyMs: number, offsetMs: number): number | undefined {
  const at = Math.floor((now - offsetMs) / everyMs) * everyMs + offsetMs;
  return now - at < lateMs ? at : undefined;
}

const toDue = ({ what, at, why }: Seen, { name }: ServiceSettings, from: From): Due => ({
  kind: "due",
  eventId: `due-${what}-${name}-${at}`,
  at,
  ...from,
  what,
  service: name,
  why,
});
