import { z } from "zod";
import { change, type Table } from "../aws/table.ts";
import { type Clock, toMs } from "../clock.ts";
import type { Limit } from "../runbook/runbook.ts";

const runs = z.object({
  runs: z.array(z.object({ incident: z.string(), at: z.number() })),
});
const touched = z.object({
  touched: z.array(z.object({ incident: z.string(), at: z.number(), targets: z.array(z.string()) })),
});
const lock = z.object({ owner: z.string(), until: z.number() });

/** The answer of a limit or a lock: free, or taken and why, in words people read. */
export type Granted = { readonly granted: true } | { readonly granted: false; readonly why: string };

const granted: Granted = { granted: true };

/** The bounds on changes, shared by all executions: how many, how much of a fleet, and one at a time per target. */
export interface Ledger {
  /** Counts a remediation against its runbook's limit. Asking again for the same incident counts once. */
  countRun(runbook: string, limit: Limit, incident: string): Promise<Granted>;
  /** Counts what is touched of a fleet against the share that may be touched within the limit's time. */
  countShare(
    fleet: { scope: string; size: number },
    limit: Limit & { share: number },
    incident: string,
    targets: readonly string[],
  ): Promise<Granted>;
  /** Takes the targets for one incident, all or none, until released or until `untilMs`. */
  lock(targets: readonly string[], owner: string, untilMs: number): Promise<Granted>;
  release(targets: readonly string[], owner: string): Promise<void>;
}

export function createLedger(table: Table, clock: Clock): Ledger {
  const releaseOne = async (target: string, owner: string): Promise<void> => {
    await change(table, { pk: `lock#${target}`, sk: "lock" }, lock, (was) =>
      was?.owner === owner && was.until > 0 ? { body: { owner, until: 0 } } : undefined,
    );
  };
  return {
    async countRun(runbook, limit, incident) {
      let answer: Granted = granted;
      await change(table, { pk: `limit#${runbook}`, sk: "runs" }, runs, (was) => {
        const since = clock.now() - toMs(limit.within);
        const recent = (was?.runs ?? []).filter(({ at }) => at > since);
        answer = granted;
        if (recent.some((run) => run.incident === incident)) return undefined;
        if (recent.length >= limit.runs) {
          const minutes = Math.round(toMs(limit.within) / 60_000);
          answer = { granted: false, why: `${runbook} ran ${recent.length} times in ${minutes} minutes, its limit` };
          return undefined;
        }
        return { body: { runs: [...recent, { incident, at: clock.now() }] } };
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
          answer = {
            granted: false,
            why: `${all.size} of ${fleet.size} in ${fleet.scope} would be touched, more than ${limit.share * 100} %`,
          };
          return undefined;
        }
        return { body: { touched: [...recent, { incident, at: clock.now(), targets: [...targets] }] } };
      });
      return answer;
    },
    async lock(targets, owner, untilMs) {
      // In one order for everybody, so that two incidents that want the same targets cannot block each other half-way.
      const wanted = [...new Set(targets)].sort();
      for (const [index, target] of wanted.entries()) {
        let holder: string | undefined;
        await change(table, { pk: `lock#${target}`, sk: "lock" }, lock, (was) => {
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
