import { z } from "zod";
import { change, readBody, type Table } from "../aws/table.ts";
import type { Clock } from "../clock.ts";
import { type Autonomy, autonomy, ladder } from "../settings.ts";

const record = z.object({
  /** The latest remediations that changed something, oldest first. */
  results: z.array(z.object({ incident: z.string(), ok: z.boolean(), at: z.number(), as: autonomy })),
  /** It has failed too often at `from`; until people restore it, it goes no further than `to`. */
  demoted: z.object({ from: autonomy, to: autonomy, at: z.number(), why: z.string() }).optional(),
  /** The rung that was last proposed to people, so that they are asked once. */
  proposed: autonomy.optional(),
});
export type TrustRecord = z.infer<typeof record>;

/** So many results are remembered: enough for the interval to be narrow, few enough to forget what is long past. */
const remembered = 100;

/** Demoted when so many of so many last remediations failed, the latest among them. */
const failuresMost = { failed: 2, of: 5 };

/**
 * What the measured share of successes must certainly exceed for the next rung: 16 of 16 for `veto`, 35 of 35 for `auto`.
 * From `observe` and `propose` nothing is measured, so nothing is proposed.
 */
const bars: Partial<Record<Autonomy, number>> = { approve: 0.8, veto: 0.9 };

/** What a remediation's result means for how far its runbook may go. */
export type Verdict =
  | { readonly kind: "stays" }
  | { readonly kind: "demoted"; readonly to: Autonomy; readonly why: string }
  | { readonly kind: "promotable"; readonly to: Autonomy; readonly why: string };

/** How far each runbook has earned to go, by service: measured results, demotions, proposals. */
export interface Trust {
  /** How far it may go: what the settings say, or less if it was demoted from that. */
  allowed(runbook: string, service: string | undefined, configured: Autonomy): Promise<Autonomy>;
  /** Counts a result once for each incident, and says what follows from it. */
  record(runbook: string, service: string | undefined, as: Autonomy, incident: string, ok: boolean): Promise<Verdict>;
  read(runbook: string, service: string | undefined): Promise<TrustRecord>;
  /** People trust it again: the demotion ends, and results count anew. */
  restore(runbook: string, service: string | undefined): Promise<void>;
}

const none: TrustRecord = { results: [] };

/** Services are trusted one by one; whatever else a runbook acts on is one thing to it. */
const keyOf = (runbook: string, service = "*") => ({ pk: `trust#${runbook}`, sk: service });

/**
 * The lower end of the 95 % Wilson score interval of a share: what it certainly is at least, so far as so few can tell.
 * Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
 */
export function wilsonLower(successes: number, of: number): number {
  if (of === 0) return 0;
  const z2 = 1.96 ** 2;
  const share = successes / of;
  const centre = share + z2 / (2 * of);
  const spread = 1.96 * Math.sqrt((share * (1 - share) + z2 / (4 * of)) / of);
  return Math.max(0, (centre - spread) / (1 + z2 / of));
}

export function createTrust(table: Table, clock: Clock): Trust {
  const read = async (runbook: string, service: string | undefined): Promise<TrustRecord> => {
    const item = await table.get(keyOf(runbook, service));
    return item ? readBody(item, record) : none;
  };
  return {
    read,
    async allowed(runbook, service, configured) {
      const { demoted } = await read(runbook, service);
      // Whoever has changed the settings since has decided anew.
      return demoted?.from === configured ? demoted.to : configured;
    },
    async record(runbook, service, as, incident, ok) {
      let verdict: Verdict = { kind: "stays" };
      await change(table, keyOf(runbook, service), record, (was = none) => {
        verdict = { kind: "stays" };
        if (was.results.some((result) => result.incident === incident)) return undefined;
        const results = [...was.results, { incident, ok, at: clock.now(), as }].slice(-remembered);
        const next: TrustRecord = { ...was, results };
        const below = ladder[ladder.indexOf(as) - 1];
        const recent = results.filter((result) => result.as === as).slice(-failuresMost.of);
        const failed = recent.filter((result) => !result.ok).length;
        if (!ok && failed >= failuresMost.failed && below && ladder.indexOf(as) > ladder.indexOf("propose")) {
          const why = `${failed} of its last ${recent.length} remediations did not help`;
          verdict = { kind: "demoted", to: below, why };
          const from = was.demoted?.to === as ? was.demoted.from : as;
          return { body: { ...next, demoted: { from, to: below, at: clock.now(), why } } };
        }
        const bar = bars[as];
        const above = ladder[ladder.indexOf(as) + 1];
        const measured = results.filter((result) => result.as === as);
        const successes = measured.filter((result) => result.ok).length;
        const certainly = wilsonLower(successes, measured.length);
        if (bar !== undefined && above && was.proposed !== above && certainly >= bar) {
          const why = `${successes} of ${measured.length} remediations helped: certainly at least ${Math.floor(certainly * 100)} %`;
          verdict = { kind: "promotable", to: above, why };
          return { body: { ...next, proposed: above } };
        }
        return { body: next };
      });
      return verdict;
    },
    async restore(runbook, service) {
      await change(table, keyOf(runbook, service), record, (was) => (was?.demoted ? { body: none } : undefined));
    },
  };
}
