import { z } from "zod";
import { change, type Table } from "../aws/table.ts";
import { type Clock, toMs } from "../clock.ts";
import type { Limit } from "../runbook/runbook.ts";
import type { Settings } from "../settings.ts";

/** The first incident that a limit has refused within its time: people are told of that one, not of each. */
const refused = z.object({ incident: z.string(), at: z.number() });
/** The incident that one belongs to, if it is part of another: both are one to every count of incidents. */
const whole = z.string().optional();
const runs = z.object({
  refused: refused.optional(),
  runs: z.array(z.object({ incident: z.string(), whole, at: z.number() })),
});
const touched = z.object({
  refused: refused.optional(),
  touched: z.array(z.object({ incident: z.string(), at: z.number(), targets: z.array(z.string()) })),
});
const overall = z.object({
  refused: refused.optional(),
  /** Incidents that wanted to change something, and what those that were let have changed. */
  wanted: z.array(
    z.object({
      incident: z.string(),
      whole,
      at: z.number(),
      changes: z.number(),
      /** What stands of it adds so much to the bill, in US dollars an hour, until it is given back. */
      usdPerHour: z.number(),
    }),
  ),
  /** A storm is on until then. */
  stormUntil: z.number().default(0),
});
const lock = z.object({ owner: z.string(), until: z.number() });

const overallKey = { pk: "limit#all", sk: "all" };
const hourMs = 3_600_000;
const stormMs = 600_000;
/** One item of at most 400 kB holds them, at about 100 bytes each. */
const wantedMost = 2_000;

/** The answer of a limit or a lock: free, or taken and why, in words people read. */
export type Granted =
  | { readonly granted: true }
  /** `page`: it is the first refusal of this limit within its time, and people have to know. */
  | { readonly granted: false; readonly why: string; readonly page?: boolean };

const granted: Granted = { granted: true };

/** The bounds on changes, shared by all executions: how many, how much of a fleet, and one at a time per target. */
export interface Ledger {
  /**
   * Counts a remediation against its runbook's limit. Asking again for the same incident counts once, and so do all that are
   * part of the same one.
   */
  countRun(runbook: string, limit: Limit, incident: string, whole?: string): Promise<Granted>;
  /** Counts what is touched of a fleet against the share that may be touched within the limit's time. */
  countShare(
    fleet: { scope: string; size: number },
    limit: Limit & { share: number },
    incident: string,
    targets: readonly string[],
  ): Promise<Granted>;
  /**
   * Counts a remediation against the limits over all runbooks, and looks whether a storm is on. What is part of one incident
   * adds up in changes and dollars, and is one incident to a storm.
   */
  countOverall(wants: { changes: number; usdPerHour: number }, incident: string, whole?: string): Promise<Granted>;
  /** What an incident added to the bill has been given back. */
  givenBack(incident: string): Promise<void>;
  /** Takes the targets for one incident, all or none, until released or until `untilMs`. */
  lock(targets: readonly string[], owner: string, untilMs: number): Promise<Granted>;
  release(targets: readonly string[], owner: string): Promise<void>;
}

/** Incidents, those that are part of one counted as that one. */
const wholesIn = (counted: readonly { incident: string; whole?: string | undefined }[]): Set<string> =>
  new Set(counted.map(({ incident, whole }) => whole ?? incident));

export function createLedger(table: Table, clock: Clock, limits: Settings["limits"]): Ledger {
  const releaseOne = async (target: string, owner: string): Promise<void> => {
    await change(table, { pk: `lock#${target}`, sk: "lock" }, lock, (was) =>
      was?.owner === owner && was.until > 0 ? { body: { owner, until: 0 } } : undefined,
    );
  };
  /** Why these changes would be too much on top of those of others. */
  const refusalOf = (
    others: readonly { changes: number; usdPerHour: number; at: number }[],
    { changes, usdPerHour }: { changes: number; usdPerHour: number },
    { now, sick, stormUntil }: { now: number; sick: number; stormUntil: number },
  ): string | undefined => {
    if (stormUntil > now) {
      const end = new Date(stormUntil).toISOString().slice(11, 16);
      return `storm: ${sick} incidents within ten minutes; nothing is changed before ${end} UTC`;
    }
    const changed = others.filter(({ at }) => at > now - hourMs).reduce((sum, one) => sum + one.changes, 0);
    if (changed + changes > limits.changesPerHour) {
      return `${changed} changes within an hour by all runbooks, and ${changes} more would be over ${limits.changesPerHour}`;
    }
    const standing = others.reduce((sum, one) => sum + Math.max(0, one.usdPerHour), 0);
    if (usdPerHour > 0 && standing + usdPerHour > limits.usdPerHour) {
      const dollars = (amount: number): string => `$${amount.toFixed(2)}`;
      return `${dollars(standing)} an hour stand already, and ${dollars(usdPerHour)} more would be over ${dollars(limits.usdPerHour)}`;
    }
    return undefined;
  };
  const firstRefused = (was: z.infer<typeof refused> | undefined, since: number, incident: string) =>
    was && was.at > since ? was : { incident, at: clock.now() };
  return {
    async countRun(runbook, limit, incident, whole = incident) {
      let answer: Granted = granted;
      await change(table, { pk: `limit#${runbook}`, sk: "runs" }, runs, (was) => {
        const since = clock.now() - toMs(limit.within);
        const recent = (was?.runs ?? []).filter(({ at }) => at > since);
        answer = granted;
        if (recent.some((run) => run.incident === incident)) return undefined;
        const ran = wholesIn(recent);
        if (!ran.has(whole) && ran.size >= limit.runs) {
          const minutes = Math.round(toMs(limit.within) / 60_000);
          const first = firstRefused(was?.refused, since, incident);
          const why = `${runbook} ran ${ran.size} times in ${minutes} minutes, its limit`;
          answer = { granted: false, why, page: first.incident === incident };
          return first === was?.refused ? undefined : { body: { runs: recent, refused: first } };
        }
        return { body: { runs: [...recent, { incident, whole, at: clock.now() }] } };
      });
      return answer;
    },
    async countShare(fleet, limit, incident, targets) {
      let answer: Granted = granted;
      await change(table, { pk: `limit#${fleet.scope}`, sk: "touched" }, touched, (was) => {
        const since = clock.now() - toMs(limit.within);
        const recent = (was?.touched ?? []).filter(({ at }) => at > since);
        answer = granted;
        if (recent.some((run) => run.incident === incident)) return undefined;
        const all = new Set([...recent.flatMap((run) => run.targets), ...targets]);
        // One target is always allowed: half of a fleet of one is still somebody who needs help.
        if (all.size > Math.max(1, Math.floor(fleet.size * limit.share))) {
          const first = firstRefused(was?.refused, since, incident);
          const why = `${all.size} of ${fleet.size} in ${fleet.scope} would be touched, more than ${limit.share * 100} %`;
          answer = { granted: false, why, page: first.incident === incident };
          return first === was?.refused ? undefined : { body: { touched: recent, refused: first } };
        }
        return { body: { touched: [...recent, { incident, at: clock.now(), targets: [...targets] }] } };
      });
      return answer;
    },
    async countOverall({ changes, usdPerHour }, incident, whole = incident) {
      let answer: Granted = granted;
      await change(table, overallKey, overall, (was = { wanted: [], stormUntil: 0 }) => {
        const now = clock.now();
        answer = granted;
        const known = was.wanted.find((one) => one.incident === incident);
        // What stands longer than an hour still counts in dollars.
        const others = was.wanted.filter(
          (one) => one.incident !== incident && (one.at > now - hourMs || one.usdPerHour > 0),
        );
        const wanted = [...others, known ?? { incident, whole, at: now, changes: 0, usdPerHour: 0 }].slice(-wantedMost);
        const sick = wholesIn(wanted.filter(({ at }) => at > now - stormMs)).size;
        const stormUntil = sick > limits.stormIncidents ? now + stormMs : was.stormUntil;
        const why = refusalOf(others, { changes, usdPerHour }, { now, sick, stormUntil });
        if (why === undefined) {
          const entry = { incident, whole, at: known?.at ?? now, changes, usdPerHour };
          return { body: { ...was, wanted: [...wanted.slice(0, -1), entry], stormUntil } };
        }
        const first = firstRefused(was.refused, now - hourMs, incident);
        answer = { granted: false, why, page: first.incident === incident };
        return { body: { refused: first, wanted, stormUntil } };
      });
      return answer;
    },
    async givenBack(incident) {
      await change(table, overallKey, overall, (was) =>
        was?.wanted.some((one) => one.incident === incident && one.usdPerHour !== 0)
          ? {
              body: {
                ...was,
                wanted: was.wanted.map((one) => (one.incident === incident ? { ...one, usdPerHour: 0 } : one)),
              },
            }
          : undefined,
      );
    },
    async lock(targets, owner, untilMs) {
      // In one order for everybody, so that two incidents that want the same targets cannot block each other half-way.
      const wanted = [...new Set(targets)].sort();
      for (const [index, target] of wanted.entries()) {
        const key = { pk: `lock#${target}`, sk: "lock" };
        if (await table.create({ ...key, body: { owner, until: untilMs } })) continue;
        let holder: string | undefined;
        await change(table, key, lock, (was) => {
          holder = was && was.owner !== owner && was.until > clock.now() ? was.owner : undefined;
          const ours = was?.owner === owner && was.until >= untilMs;
          return holder !== undefined || ours ? undefined : { body: { owner, until: untilMs } };
        });
        if (holder !== undefined) {
          for (const taken of wanted.slice(0, index)) await releaseOne(taken, owner);
          return { granted: false, why: `${target} is being remediated by incident ${holder}` };
        }
      }
      return granted;
    },
    async release(targets, owner) {
      for (const target of new Set(targets)) await releaseOne(target, owner);
    },
  };
}
