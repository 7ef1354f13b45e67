import { acts, type Decided, type Result } from "./result.ts";

/** Where two versions differ about the same trouble. */
export interface Difference {
  readonly kind: "only-old" | "only-new" | "runbook" | "decision" | "plan";
  readonly old?: Decided;
  readonly new?: Decided;
  /** The new version would change something by itself that the old one would not. */
  readonly more: boolean;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Incidents about which both decide the same. */
  readonly same: number;
}

/** Two incidents of one root within this time are the same trouble, if no other is nearer. */
const nearMs = 60 * 60_000;

/** Pairs the incidents of two versions by what they are about and when they began, and says where the versions differ. Pure. */
export function compare(before: Pick<Result, "incidents">, after: Pick<Result, "incidents">): Comparison {
  const left = new Set(before.incidents);
  const pairs = after.incidents.map((one) => {
    const exact = [...left].find((other) => other.root === one.root && other.began === one.began);
    if (exact) left.delete(exact);
    return { old: exact, new: one };
  });
  for (const pair of pairs) {
    if (pair.old) continue;
    pair.old = nearest(pair.new, left);
    if (pair.old) left.delete(pair.old);
  }
  const differences = [
    ...pairs.flatMap(({ old, new: now }) => differenceOf(old, now) ?? []),
    ...[...left].map((old): Difference => ({ kind: "only-old", old, more: false })),
  ].sort((a, b) => beganOf(a) - beganOf(b));
  return { differences, same: pairs.length - differences.filter(({ kind }) => kind !== "only-old").length };
}

function nearest(one: Decided, among: Iterable<Decided>): Decided | undefined {
  let best: { ms: number; found: Decided } | undefined;
  for (const found of among) {
    if (found.root !== one.root) continue;
    const ms = Math.abs(Date.parse(found.began) - Date.parse(one.began));
    if (ms <= nearMs && ms < (best?.ms ?? Infinity)) best = { ms, found };
  }
  return best?.found;
}

function differenceOf(old: Decided | undefined, now: Decided): Difference | undefined {
  if (!old) return { kind: "only-new", new: now, more: acts(now) && now.plan.length > 0 };
  const kind =
    old.runbook !== now.runbook
      ? "runbook"
      : old.decision !== now.decision
        ? "decision"
        : isSamePlan(old, now)
          ? undefined
          : "plan";
  if (!kind) return undefined;
  const done = new Set(acts(old) ? old.plan.map(({ does }) => does) : []);
  return { kind, old, new: now, more: acts(now) && now.plan.some(({ does }) => !done.has(does)) };
}

const isSamePlan = (a: Decided, b: Decided): boolean =>
  a.plan.length === b.plan.length &&
  a.plan.every(({ action, does }, index) => action === b.plan[index]?.action && does === b.plan[index]?.does);

const beganOf = (one: Difference): number => Date.parse((one.new ?? one.old)?.began ?? "");
