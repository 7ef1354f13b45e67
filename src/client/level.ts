import { type FoundLevel, levelNow } from "../aws/level.ts";
import { type Clock, type Duration, toMs } from "../clock.ts";
import { type Level, levels } from "../runbook/look/service.ts";
import type { Report } from "./event.ts";
import { type Timer, withTimeLimit } from "./timer.ts";

/**
 * Whether a service that shows `level` of itself shows at least `floor`. Say of each costly part from which level on it
 * is there: `if (atLeast(await level("chat"), "limited")) await retrieve()`.
 */
export const atLeast = (level: Level, floor: Level): boolean => levels.indexOf(level) <= levels.indexOf(floor);

/**
 * A level and how much it can be relied on. `parameter`: as the parameter says, an expired one being `full`. `unset`:
 * there is no parameter. `last-known`: it cannot be read, this is the last that could. `default`: it never could.
 */
export interface SeenLevel {
  readonly level: Level;
  readonly from: "parameter" | "unset" | "last-known" | "default";
  /** Read less than the cache's age ago. */
  readonly isCached: boolean;
}

export interface Levels {
  /** The level the service is to show now. Never throws and never waits long: without an answer it fails static. */
  readonly level: (service: string) => Promise<Level>;
  readonly see: (service: string) => Promise<SeenLevel>;
}

/** Parameter Store answers in tens of milliseconds; a workload's request must not hang on it. */
const answerMs = 1_000;

/**
 * Levels of services, read through a cache.
 *
 * Parameter Store serves 40 reads a second for the whole account unless high throughput is on: with the default of five
 * seconds that is two hundred processes. More of them take a longer `readEvery`.
 *
 * @internal
 */
export function createLevels({
  read,
  clock,
  timer,
  report,
  readEvery = { seconds: 5 },
  fallback = "full",
}: {
  readonly read: (service: string) => Promise<FoundLevel | undefined>;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly report: Report;
  readonly readEvery?: Duration;
  /** The level of a service that has none, and of one whose level has never been readable. */
  readonly fallback?: Level;
}): Levels {
  interface Entry {
    readonly readAt: number;
    readonly found: FoundLevel | "unset" | undefined;
    /** The last read failed, or gave what is no level. */
    readonly isUnread: boolean;
  }
  const entries = new Map<string, Entry>();
  const reading = new Map<string, Promise<Entry>>();

  const readNow = async (service: string): Promise<Entry> => {
    const was = entries.get(service);
    const keep = (found: Entry["found"], isUnread: boolean): Entry => {
      const entry = { readAt: clock.now(), found, isUnread };
      entries.set(service, entry);
      return entry;
    };
    try {
      const found = await withTimeLimit(answerMs, timer, () => read(service));
      if (!found) return keep("unset", false);
      if (found.value) return keep(found, false);
      report(storeFailed(service, new Error(`version ${found.version} of the parameter is no level we know`)));
    } catch (error) {
      report(storeFailed(service, error));
    }
    return keep(was?.found, true);
  };

  const see: Levels["see"] = async (service) => {
    let entry = entries.get(service);
    const isCached = entry !== undefined && clock.now() - entry.readAt < toMs(readEvery);
    if (!entry || !isCached) {
      const asked = reading.get(service) ?? readNow(service).finally(() => reading.delete(service));
      reading.set(service, asked);
      entry = await asked;
    }
    const { found, isUnread } = entry;
    if (found === undefined) return { level: fallback, from: "default", isCached };
    const level = found === "unset" ? fallback : levelNow(found, clock.now());
    return { level, from: isUnread ? "last-known" : found === "unset" ? "unset" : "parameter", isCached };
  };

  return { see, level: async (service) => (await see(service)).level };
}

const storeFailed = (service: string, error: unknown) =>
  ({
    kind: "store-failed",
    doing: `reading the level of ${service}`,
    instead: "goes by the last known level",
    error,
  }) as const;
