import { type Attempt, endingOf, nameOf, pauseOf, send } from "./attempt.ts";
import { type CircuitWorld, createKnown } from "./known.ts";
import {
  endProbe,
  permission,
  type ProbeEnd,
  rampOn,
  shareOf,
  stateAt,
  type StateKind,
  takeProbe,
  trip,
} from "./machine.ts";
import type { CircuitRules } from "./settings.ts";
import { whyTooBad, Window } from "./window.ts";

/** A call was not made: the circuit is open. */
export class CircuitOpen extends Error {
  override readonly name = "CircuitOpen";
  readonly circuit: string;
  /** Milliseconds since the epoch; before it a new attempt is refused as well. */
  readonly retryAt: number;

  constructor(circuit: string, retryAt: number) {
    super(`calling ${circuit}: its circuit is open until ${new Date(retryAt).toISOString()}`);
    this.circuit = circuit;
    this.retryAt = retryAt;
  }
}

/** Why a fallback is asked for. */
export type Trouble = Exclude<Attempt<never>, { kind: "done" }>;

export interface CallOptions {
  /** The caller's own signal. A call that it calls off says nothing about the provider. */
  readonly signal?: AbortSignal;
}

export interface Circuit {
  readonly name: string;
  /**
   * Calls `fn` if the circuit lets it. Refused, called off at its time limit or failed through the provider's fault, the
   * answer is the fallback's, if there is one. What `fn` throws of its own fault (a request that is wrong, called off,
   * over budget) is always thrown on: a fallback must not hide it.
   *
   * @throws CircuitOpen when refused; else what `fn` throws.
   */
  call<T>(
    fn: (signal: AbortSignal) => Promise<T>,
    options?: CallOptions & { readonly fallback?: (trouble: Trouble) => T | Promise<T> },
  ): Promise<T>;
  /** The same with every ending as a value. Never throws. */
  attempt<T>(fn: (signal: AbortSignal) => Promise<T>, options?: CallOptions): Promise<Attempt<T>>;
  /** The state in force as this process knows it, at most `readEvery` old while the store answers. */
  state(): Promise<{ readonly kind: StateKind; readonly share: number; readonly isStale: boolean }>;
}

/** Leave to make a call; with an `owner`, as the probe. */
interface Permit {
  readonly kind: "permit";
  readonly generation: number;
  readonly owner?: string;
}

/** On the ramp two bad calls are enough: it has just been down. */
const rampCalls = 2;

/**
 * One process's view of a circuit that many share.
 *
 * Failures are counted here, in memory; only transitions are written, by conditional write, so that of fifty processes
 * one opens it, one probes it, and the others read that within `readEvery`. The healthy path reads once in that time and
 * writes nothing. While the store does not answer, each process is its own circuit, or refuses (`ifStoreFails`).
 *
 * @internal
 */
export function createCircuit(name: string, rules: CircuitRules, world: CircuitWorld): Circuit {
  const { clock, timer, chance, report } = world;
  const known = createKnown(name, rules, world);
  const seen = new Window(rules.windowMs);
  /** What `seen` and `successes` were counted in: a transition begins the count anew. */
  let generation = 0;
  /** Calls in a row that succeeded on this step of the ramp. */
  let successes = 0;

  const stateNow = () =>
    rules.metricsOnly ? ({ kind: "metrics-only" } as const) : stateAt(known.circuit(), clock.now());

  const refuse = (retryAt: number): Attempt<never> => {
    report({ kind: "circuit-refused", circuit: name, retryAt });
    return { kind: "refused", retryAt };
  };
  /** Refuses until what is known now lets a call try again. */
  const refuseForNow = (): Attempt<never> => {
    const may = permission(known.circuit(), clock.now(), 1, rules);
    return refuse(may.kind === "refuse" ? may.retryAt : clock.now());
  };

  const admit = async (): Promise<Permit | Attempt<never>> => {
    if (!rules.metricsOnly) await known.freshen();
    const circuit = known.circuit();
    if (rules.metricsOnly) return { kind: "permit", generation: circuit.generation };
    if (known.isAlone() && rules.ifStoreFails === "refuse") return refuse(known.nextReadAt());
    const now = clock.now();
    const may = permission(circuit, now, chance(), rules);
    if (may.kind === "pass") return { kind: "permit", generation: circuit.generation };
    if (may.kind === "refuse") return refuse(may.retryAt);
    const owner = world.owner();
    const taken = takeProbe(circuit, owner, now, rules);
    const isOurs = taken !== undefined && (await known.move(taken, "its time is over: one call probes"));
    return isOurs ? { kind: "permit", generation: taken.generation, owner } : refuseForNow();
  };

  const settleProbe = async (owner: string, attempt: Attempt<unknown>, ms: number) => {
    const ending = endingOf(attempt, ms, rules.slowMs);
    const end: ProbeEnd =
      ending === undefined
        ? { kind: "said-nothing" }
        : ending === "ok"
          ? { kind: "succeeded" }
          : { kind: "failed", why: `the probe ${probeEnds[ending]}`, ...pauseOf(attempt) };
    const next = endProbe(known.circuit(), owner, end, clock.now(), chance(), rules);
    if (next)
      await known.move(next, end.kind === "failed" ? end.why : `the probe ${probeEnds[end.kind]}`, ending === "fatal");
  };

  const settle = async (permit: Permit, attempt: Attempt<unknown>, ms: number) => {
    const ending = endingOf(attempt, ms, rules.slowMs);
    const circuit = known.circuit();
    // A call that began before the last transition says nothing about what came after it.
    if (ending === undefined || permit.generation !== circuit.generation) return;
    if (generation !== circuit.generation) {
      generation = circuit.generation;
      successes = 0;
      seen.clear();
    }
    const now = clock.now();
    const { kind } = stateNow();
    if (ending !== "fatal") seen.add(ending, now);
    const isRamping = kind === "ramping";
    const why =
      ending === "fatal"
        ? `it answered ${nameOf(attempt)}`
        : whyTooBad(seen, now, rules, isRamping ? rampCalls : rules.minimumCalls);
    if (why !== undefined && kind === "metrics-only") {
      report({ kind: "circuit-would-open", circuit: name, why });
      seen.clear();
    } else if (why !== undefined) {
      const next = trip(circuit, generation, { why, ...pauseOf(attempt) }, now, chance(), rules);
      if (next) await known.move(next, why, ending === "fatal");
    } else if (isRamping) {
      successes = ending === "ok" ? successes + 1 : 0;
      const next = successes >= rules.rampSuccesses ? rampOn(circuit, generation, now, rules) : undefined;
      if (next) await known.move(next, `${successes} calls in a row were well`);
    }
  };

  const timed = async <T>(fn: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal) => {
    const beganAt = clock.now();
    const ended = await send(fn, signal, rules, { timer, now: () => clock.now() });
    return { ended, ms: clock.now() - beganAt };
  };

  const attempt: Circuit["attempt"] = async (fn, { signal } = {}) => {
    let permit = await admit();
    if (permit.kind !== "permit") return permit;
    if (permit.owner !== undefined && rules.probe) {
      const { ended, ms } = await timed(rules.probe);
      await settleProbe(permit.owner, ended, ms);
      // When the provider is well, the call that has waited for the probe goes, whatever the share.
      const { kind } = stateNow();
      if (kind !== "ramping" && kind !== "closed") return refuseForNow();
      permit = { kind: "permit", generation: known.circuit().generation };
    }
    const { ended, ms } = await timed(fn, signal);
    await (permit.owner === undefined ? settle(permit, ended, ms) : settleProbe(permit.owner, ended, ms));
    return ended;
  };

  return {
    name,
    attempt,
    async call(fn, { signal, fallback } = {}) {
      const ended = await attempt(fn, { ...(signal && { signal }) });
      if (ended.kind === "done") return ended.value;
      const isRequestsFault = ended.kind === "failed" && ended.verdict.kind === "ignored";
      if (fallback && !isRequestsFault) return fallback(ended);
      throw ended.kind === "refused" ? new CircuitOpen(name, ended.retryAt) : ended.error;
    },
    async state() {
      if (!rules.metricsOnly) await known.freshen();
      const share = rules.metricsOnly ? 1 : shareOf(known.circuit(), clock.now(), rules);
      return { kind: stateNow().kind, share, isStale: known.isAlone() };
    },
  };
}

const probeEnds = {
  succeeded: "was well",
  "said-nothing": "said nothing about the provider",
  slow: "was slow",
  fault: "failed",
  throttled: "was throttled",
  fatal: "was turned away",
};
