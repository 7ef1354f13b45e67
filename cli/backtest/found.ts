import type { Agreement } from "./agree.ts";
import type { Comparison, Difference } from "./compare.ts";
import type { Measured } from "./measure.ts";
import type { Decided } from "./result.ts";

/** Everything that a backtest has found. */
export interface Found {
  readonly history: {
    readonly sources: number;
    readonly records: number;
    readonly from: string;
    readonly to: string;
    readonly unreadable: number;
    readonly late: number;
  };
  readonly old: VersionFound;
  readonly new: VersionFound;
  readonly comparison: Comparison;
  /** How many things people did, if that was given. */
  readonly people?: number;
}

export interface VersionFound {
  readonly name: string;
  readonly measured: Measured;
  readonly agreement?: Agreement;
}

/** What has to be known to read the figures. */
export const assumptions = [
  "what was replayed is what happened: had the bot acted, what followed would have been another history",
  "every event reaches the bot at the time it carries, measurements up to 15 minutes before events of the same quarter of an hour",
  "nobody has halted the bot, and no change calendar is closed",
  "what it would do by itself helps, and what it would ask about is not decided in time",
  "the fleet of an interrupted instance is assumed, so limits by share and prices are those of a group of four g5.xlarge",
] as const;

const decidedToJson = ({ id, runbook, title, root, began, decision, why, plan, limit }: Decided) => ({
  id,
  runbook,
  title,
  root,
  began,
  decision,
  why,
  ...(limit !== undefined && { limit }),
  plan: plan.map(({ action, does }) => ({ action, does })),
});

const differenceToJson = ({ kind, old, new: now, more }: Difference) => ({
  kind,
  more,
  old: old ? decidedToJson(old) : null,
  new: now ? decidedToJson(now) : null,
});

const versionToJson = ({ name, measured, agreement }: VersionFound) => ({
  name,
  ...measured,
  ...(agreement && {
    agreement: {
      planned: agreement.planned,
      same: agreement.same,
      other: agreement.other,
      share: shareOf(agreement) ?? null,
      onlyBot: agreement.onlyBot.map(decidedToJson),
      onlyPeople: agreement.onlyPeople.map(({ at, action, who }) => ({ at: new Date(at).toISOString(), action, who })),
    },
  }),
});

/** The share of incidents with a plan about which people did the same. */
export const shareOf = ({ planned, same }: Agreement): number | undefined => (planned > 0 ? same / planned : undefined);

/** As `--json` prints it. Fields stay; others may join them. */
export const toJson = ({ history, old, new: now, comparison, people }: Found, failed: boolean) => ({
  history,
  old: versionToJson(old),
  new: versionToJson(now),
  same: comparison.same,
  differences: comparison.differences.map(differenceToJson),
  ...(people !== undefined && { people }),
  failed,
  assuming: assumptions,
});
