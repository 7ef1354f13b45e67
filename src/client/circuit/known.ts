import type { Table } from "../../aws/table.ts";
import type { Clock } from "../../clock.ts";
import { canonicalJson } from "../../json.ts";
import type { Report } from "../event.ts";
import { type Timer, withTimeLimit } from "../timer.ts";
import { type Circuit, shareOf, stateAt, untouched } from "./machine.ts";
import type { CircuitRules } from "./settings.ts";
import { circuitKey, readCircuit, toBody } from "./stored.ts";

/** What a circuit needs of the world around it. */
export interface CircuitWorld {
  readonly table: Table;
  readonly clock: Clock;
  readonly timer: Timer;
  /** From 0 up to 1: jitter, and the share of the ramp. */
  readonly chance: () => number;
  /** A new name for every attempt. */
  readonly owner: () => string;
  readonly report: Report;
}

/** What one process knows of the shared circuit, and its way to change it. */
export interface Known {
  readonly circuit: () => Circuit;
  /** The last time the store was asked it did not answer: what is known is this process's own. */
  readonly isAlone: () => boolean;
  /** When the store will be asked again at the earliest, in milliseconds since the epoch. */
  readonly nextReadAt: () => number;
  /** Reads the circuit if what is known is older than `readEvery`. Never throws. */
  readonly freshen: () => Promise<void>;
  /**
   * Writes a transition over what is known. `false`: somebody else moved first, or the store is down and that refuses.
   * Never throws.
   */
  readonly move: (to: Circuit, why: string, isFatal?: boolean) => Promise<boolean>;
}

export function createKnown(name: string, rules: CircuitRules, { table, clock, timer, report }: CircuitWorld): Known {
  const key = circuitKey(name);
  /** Version 0: nobody has ever written it. */
  let known = { circuit: untouched, version: 0 };
  let nextReadAt = -Infinity;
  let isAlone = false;
  let reading: Promise<void> | undefined;

  /** What was learned while an answer was on its way may be newer than it; then the version tells. */
  const learn = (circuit: Circuit, version: number, before: typeof known) => {
    if (known === before || version > known.version) known = { circuit, version };
    nextReadAt = clock.now() + rules.readEveryMs;
  };

  const storeFailed = (doing: string, error: unknown) => {
    isAlone = true;
    const instead = rules.ifStoreFails === "allow" ? "goes by what this process sees" : "refuses calls";
    report({ kind: "store-failed", doing: `${doing} the circuit ${name}`, instead, error });
  };

  const read = async () => {
    const before = known;
    try {
      const item = await withTimeLimit(rules.storeTimeoutMs, timer, () => table.get(key));
      learn(item ? readCircuit(item) : untouched, item?.version ?? 0, before);
      isAlone = false;
    } catch (error) {
      storeFailed("reading", error);
      // A store that is down is not asked at every call: each would wait for its time limit.
      nextReadAt = clock.now() + rules.readEveryMs;
    }
  };

  return {
    circuit: () => known.circuit,
    isAlone: () => isAlone,
    nextReadAt: () => nextReadAt,
    async freshen() {
      // Calls that find it too old at the same moment wait for one read.
      if (clock.now() >= nextReadAt) await (reading ??= read().finally(() => (reading = undefined)));
    },
    async move(to, why, isFatal = false) {
      const before = known;
      const { circuit: from, version } = before;
      const body = toBody(to);
      try {
        const isWritten = await withTimeLimit(rules.storeTimeoutMs, timer, () =>
          version === 0 ? table.create({ ...key, body }) : table.replace({ ...key, version, body }),
        );
        if (isWritten) learn(to, version + 1, before);
        else {
          await read();
          // The answer to our own write may have been lost and repeated by the SDK: then what we find is ours.
          if (canonicalJson(toBody(known.circuit)) !== canonicalJson(body)) return false;
        }
      } catch (error) {
        storeFailed("writing", error);
        // Another call of this process may have moved meanwhile: alone, too, only one of them wins.
        if (rules.ifStoreFails === "refuse" || known !== before) return false;
        known = { circuit: to, version };
      }
      const now = clock.now();
      report({
        kind: "circuit-changed",
        circuit: name,
        from: stateAt(from, now).kind,
        to: to.state.kind,
        share: shareOf(to, now, rules),
        generation: to.generation,
        why,
        isFatal,
      });
      return true;
    },
  };
}
