import { BotError } from "../../bot-error.ts";
import { type Duration, toMs } from "../../clock.ts";
import { type Classifier, classify } from "./classify.ts";
import type { Pace } from "./machine.ts";
import type { Bounds } from "./window.ts";

/** How one circuit behaves. Everything has a default that suits calls to a language model. */
export interface CircuitSettings {
  /** How long a process remembers how calls ended. One minute. */
  readonly window?: Duration;
  /**
   * Calls a process must have seen before it judges: 10. At a healthy 2 % of failures, half of ten failing is chance once
   * in 1,300,000 windows; half of five would be chance six times a day in a fleet of fifty.
   */
  readonly minimumCalls?: number;
  /**
   * Failures in a row that open it whatever the window holds: 6. A process with little traffic never fills a window, and in
   * one with much a minute of good calls hides half a minute of outage. At 2 % of failures, six in a row are chance once
   * in 15 billion calls.
   */
  readonly failuresInARow?: number;
  /** Share of calls that may fail (0.5), be throttled (0.8), be slow (0.8), each from 0 to 1. */
  readonly failureRate?: number;
  readonly throttleRate?: number;
  readonly slowRate?: number;
  /** From here on an answered call is slow. Half a minute. */
  readonly slowAfter?: Duration;
  /** A call is called off after this long and counts as failed. One minute. */
  readonly timeout?: Duration;
  /**
   * How long it stays open the first time, 15 s, and at most, half a minute: all processes together send one call as a probe in
   * that time, and after an outage nobody waits longer for the first sign of life (`bench:remediation`, S3).
   */
  readonly openFor?: Duration;
  readonly openForMax?: Duration;
  /** Probes in a row that must succeed before the ramp: 1, for the ramp's first step is as careful. */
  readonly probes?: number;
  /** Shares let through on the way back: 1, 10, 50 and 100 %. */
  readonly ramp?: readonly number[];
  /**
   * The shortest time on each step, 5 s, and the calls in a row that must succeed in one process to leave it, 2: at two calls a
   * second the way back takes a minute, with three and 10 s it would take two.
   */
  readonly rampStep?: Duration;
  readonly rampSuccesses?: number;
  /** How old the state a process knows of may be, and so how late it learns of a transition elsewhere. Five seconds. */
  readonly readEvery?: Duration;
  /** How long the store may take to answer. Half a second. */
  readonly storeTimeout?: Duration;
  /**
   * What happens while the store does not answer. `allow`: calls go, and each process goes by its own counts. `refuse`: no
   * call goes; for calls whose cost is worse than their failing.
   */
  readonly ifStoreFails?: "allow" | "refuse";
  /** Counts and tells what it would do, refuses nothing and writes nothing. For the first days of a new circuit. */
  readonly metricsOnly?: boolean;
  readonly classify?: Classifier;
  /** A small, cheap request to probe with. Without it the call that finds the circuit ripe is the probe. */
  readonly probe?: (signal: AbortSignal) => Promise<unknown>;
}

export interface CircuitRules extends Pace, Bounds {
  readonly windowMs: number;
  readonly minimumCalls: number;
  readonly slowMs: number;
  readonly timeoutMs: number;
  readonly rampSuccesses: number;
  readonly readEveryMs: number;
  readonly storeTimeoutMs: number;
  readonly ifStoreFails: "allow" | "refuse";
  readonly metricsOnly: boolean;
  readonly classify: Classifier;
  readonly probe?: (signal: AbortSignal) => Promise<unknown>;
}

/** A probe is called off this long before its lease ends: so far may the clocks of two processes be apart. */
const skewMs = 5_000;

/** Fills in the defaults. @throws BotError `bad_setting` when a rate, a share or a length of time cannot be used. */
export function toRules(name: string, given: CircuitSettings): CircuitRules {
  const timeoutMs = toMs(given.timeout ?? { minutes: 1 });
  const rules: CircuitRules = {
    windowMs: toMs(given.window ?? { minutes: 1 }),
    minimumCalls: given.minimumCalls ?? 10,
    failuresInARow: given.failuresInARow ?? 6,
    failureRate: given.failureRate ?? 0.5,
    throttleRate: given.throttleRate ?? 0.8,
    slowRate: given.slowRate ?? 0.8,
    slowMs: toMs(given.slowAfter ?? { seconds: 30 }),
    timeoutMs,
    leaseMs: timeoutMs + skewMs,
    openMs: toMs(given.openFor ?? { seconds: 15 }),
    openMaxMs: toMs(given.openForMax ?? { seconds: 30 }),
    probes: given.probes ?? 1,
    ramp: given.ramp ?? [0.01, 0.1, 0.5, 1],
    rampStepMs: toMs(given.rampStep ?? { seconds: 5 }),
    rampSuccesses: given.rampSuccesses ?? 2,
    readEveryMs: toMs(given.readEvery ?? { seconds: 5 }),
    storeTimeoutMs: toMs(given.storeTimeout ?? { seconds: 0.5 }),
    ifStoreFails: given.ifStoreFails ?? "allow",
    metricsOnly: given.metricsOnly ?? false,
    classify: given.classify ?? classify,
    ...(given.probe && { probe: given.probe }),
  };
  const wrong = Object.entries(rules).find(([key, value]) => {
    if (typeof value !== "number") return false;
    return !(value > 0) || (key.endsWith("Rate") && value > 1);
  });
  if (wrong) throw new BotError("bad_setting", `making the circuit ${name}: ${wrong[0]} cannot be ${wrong[1]}`);
  const isRising = rules.ramp.every((share, i) => share > (rules.ramp[i - 1] ?? 0) && share <= 1);
  if (!isRising) {
    throw new BotError("bad_setting", `making the circuit ${name}: ramp must rise from above 0 to at most 1`);
  }
  return rules;
}
