/**
 * A circuit's states and the ways between them: pure, so that what many processes do to one shared item can be tested
 * move by move. Every move counts `generation` up; whoever acts on an older generation is refused.
 */
export type State =
  | {
      readonly kind: "closed";
      readonly since: number;
      /** How often it has opened without staying closed since; the base of the back-off. */
      readonly opens: number;
    }
  | {
      readonly kind: "open";
      readonly until: number;
      readonly opens: number;
      /** Probes that have succeeded in a row. */
      readonly successes: number;
      readonly why: string;
    }
  | {
      readonly kind: "half-open";
      /** One attempt, not one process: two attempts of a process must not share a probe (aws-powertools #8320). */
      readonly owner: string;
      /** After it the probe counts as crashed and another attempt may take its place. */
      readonly leaseUntil: number;
      readonly opens: number;
      readonly successes: number;
      readonly why: string;
    }
  | { readonly kind: "ramping"; readonly share: number; readonly since: number; readonly opens: number }
  | {
      readonly kind: "forced-open" | "forced-closed" | "metrics-only";
      readonly until: number;
      readonly by: string;
      readonly why: string;
      /** The step that wrote it: how a writer recognises its own write. */
      readonly key?: string;
    };
export type StateKind = State["kind"];

export interface Circuit {
  readonly generation: number;
  readonly state: State;
}

/** Times in milliseconds. */
export interface Pace {
  /** How long it stays open the first time; doubled each time it opens again, up to `openMaxMs`. */
  readonly openMs: number;
  readonly openMaxMs: number;
  /** How long a probe may take before it counts as crashed. */
  readonly leaseMs: number;
  /** Probes in a row that must succeed before the ramp. */
  readonly probes: number;
  /** Shares of calls let through on the way back, rising, each above 0 and at most 1. */
  readonly ramp: readonly number[];
  /** The shortest time on each step of the ramp. */
  readonly rampStepMs: number;
}

/** A provider may ask for a long pause, but a wrong header must not hold a circuit open for days. */
const retryAfterMaxMs = 3_600_000;

/** A circuit that nobody has ever written. */
export const untouched: Circuit = { generation: 0, state: { kind: "closed", since: 0, opens: 0 } };

const next = ({ generation }: Circuit, state: State): Circuit => ({ generation: generation + 1, state });

/** The state in force. What was forced ends by itself: open goes on to a probe, the others to closed. */
export function stateAt({ state }: Circuit, now: number): State {
  switch (state.kind) {
    case "forced-open":
      return state.until > now ? state : { kind: "open", until: state.until, opens: 0, successes: 0, why: state.why };
    case "forced-closed":
    case "metrics-only":
      return state.until > now ? state : { kind: "closed", since: state.until, opens: 0 };
    case "closed":
    case "open":
    case "half-open":
    case "ramping":
      return state;
  }
}

/** Whether a call may go: freely, not before a time, or only as the probe it must first win. */
export type Permission =
  | { readonly kind: "pass" }
  | { readonly kind: "refuse"; readonly retryAt: number }
  | { readonly kind: "probe" };

export function permission(circuit: Circuit, now: number, chance: number, pace: Pace): Permission {
  const state = stateAt(circuit, now);
  switch (state.kind) {
    case "closed":
    case "forced-closed":
    case "metrics-only":
      return { kind: "pass" };
    case "forced-open":
      return { kind: "refuse", retryAt: state.until };
    case "open":
      return state.until > now ? { kind: "refuse", retryAt: state.until } : { kind: "probe" };
    case "half-open":
      return state.leaseUntil > now ? { kind: "refuse", retryAt: state.leaseUntil } : { kind: "probe" };
    case "ramping":
      return chance < shareAt(state, now, pace) ? { kind: "pass" } : { kind: "refuse", retryAt: now };
  }
}

/** The share of calls let through now, from 0 to 1. A probe is no share. */
export function shareOf(circuit: Circuit, now: number, pace: Pace): number {
  const state = stateAt(circuit, now);
  if (state.kind === "ramping") return shareAt(state, now, pace);
  return state.kind === "open" || state.kind === "half-open" || state.kind === "forced-open" ? 0 : 1;
}

/**
 * A step that nobody finishes widens with time, up to the share of the step after it: at one call in ten seconds, 1 %
 * would be a quarter of an hour until the first evidence.
 */
function shareAt({ share, since }: Extract<State, { kind: "ramping" }>, now: number, pace: Pace): number {
  const widened = share * Math.max(1, (now - since) / pace.rampStepMs);
  return Math.min(widened, nextShare(share, pace) ?? 1);
}

const nextShare = (share: number, { ramp }: Pace): number | undefined => ramp.find((step) => step > share);

/** An attempt takes the probe of an open circuit whose time is over, or of a crashed probe. */
export function takeProbe(circuit: Circuit, owner: string, now: number, { leaseMs }: Pace): Circuit | undefined {
  const state = stateAt(circuit, now);
  const isRipe =
    (state.kind === "open" && state.until <= now) || (state.kind === "half-open" && state.leaseUntil <= now);
  if (!isRipe) return undefined;
  const { opens, successes, why } = state;
  return next(circuit, { kind: "half-open", owner, leaseUntil: now + leaseMs, opens, successes, why });
}

export type ProbeEnd =
  | { readonly kind: "succeeded" }
  | { readonly kind: "failed"; readonly why: string; readonly retryAfterMs?: number }
  /** The provider was reached, but the request was wrong or called off: no evidence either way. */
  | { readonly kind: "said-nothing" };

/** Ends a probe. `undefined`: it is not this owner's any more, or its lease is over. */
export function endProbe(
  circuit: Circuit,
  owner: string,
  end: ProbeEnd,
  now: number,
  chance: number,
  pace: Pace,
): Circuit | undefined {
  const { state } = circuit;
  if (state.kind !== "half-open" || state.owner !== owner || state.leaseUntil <= now) return undefined;
  const { opens, why } = state;
  switch (end.kind) {
    case "succeeded": {
      const successes = state.successes + 1;
      if (successes < pace.probes) return next(circuit, { kind: "open", until: now, opens, successes, why });
      const [share] = pace.ramp;
      return next(
        circuit,
        share === undefined ? { kind: "closed", since: now, opens } : { kind: "ramping", share, since: now, opens },
      );
    }
    case "failed":
      return open(circuit, opens, end, now, chance, pace);
    case "said-nothing":
      return next(circuit, { kind: "open", until: now, opens, successes: state.successes, why });
  }
}

/** Opens a closed or ramping circuit on evidence of one generation. `undefined`: the evidence is of another one. */
export function trip(
  circuit: Circuit,
  generation: number,
  cause: { readonly why: string; readonly retryAfterMs?: number },
  now: number,
  chance: number,
  pace: Pace,
): Circuit | undefined {
  const state = stateAt(circuit, now);
  if (circuit.generation !== generation) return undefined;
  if (state.kind === "ramping") return open(circuit, state.opens, cause, now, chance, pace);
  if (state.kind !== "closed") return undefined;
  // Opening again soon after closing is one story with the last time: the back-off goes on where it was.
  return open(circuit, now - state.since > pace.openMaxMs ? 0 : state.opens, cause, now, chance, pace);
}

function open(
  circuit: Circuit,
  opens: number,
  { why, retryAfterMs = 0 }: { readonly why: string; readonly retryAfterMs?: number },
  now: number,
  chance: number,
  { openMs, openMaxMs }: Pace,
): Circuit {
  const backOffMs = Math.min(openMs * 2 ** opens, openMaxMs);
  // Between three quarters and all of it: circuits that opened together do not all probe together.
  const forMs = Math.max(backOffMs * (0.75 + 0.25 * chance), Math.min(retryAfterMs, retryAfterMaxMs));
  return next(circuit, { kind: "open", until: now + Math.ceil(forMs), opens: opens + 1, successes: 0, why });
}

/** One step up the ramp, and closed after the last. `undefined`: too early, or the evidence is of another generation. */
export function rampOn(circuit: Circuit, generation: number, now: number, pace: Pace): Circuit | undefined {
  const { state } = circuit;
  if (state.kind !== "ramping" || circuit.generation !== generation) return undefined;
  if (now - state.since < pace.rampStepMs) return undefined;
  const { opens } = state;
  const share = nextShare(state.share, pace);
  return next(
    circuit,
    share === undefined ? { kind: "closed", since: now, opens } : { kind: "ramping", share, since: now, opens },
  );
}

/** Puts a person's or a runbook's will over what is measured, until its end. */
export const force = (circuit: Circuit, state: Extract<State, { by: string }>): Circuit => next(circuit, state);

/** Ends what was forced before its time, as its end would have. `undefined`: nothing is forced. */
export function release(circuit: Circuit, now: number): Circuit | undefined {
  const { state } = circuit;
  if (!("by" in state) || state.until <= now) return undefined;
  return next(circuit, stateAt({ ...circuit, state: { ...state, until: now } }, now));
}
