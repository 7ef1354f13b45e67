/** How a call that says something about its provider ended. */
export type Ending = "ok" | "slow" | "fault" | "throttled";
export type Counts = Readonly<Record<Ending, number>>;

/** Ten parts: the window slides in steps of a tenth of its length, and holds forty numbers, whatever the traffic. */
const parts = 10;

/** What one process saw of a provider in the last while. In memory only: counting costs no call. */
export class Window {
  readonly #partMs: number;
  readonly #parts = new Map<number, Record<Ending, number>>();
  #faultsInARow = 0;

  constructor(lengthMs: number) {
    this.#partMs = lengthMs / parts;
  }

  /** Faults since the last answer, however long ago they began. Throttling is no answer, and no fault. */
  get faultsInARow(): number {
    return this.#faultsInARow;
  }

  add(ending: Ending, now: number): void {
    if (ending === "fault") this.#faultsInARow += 1;
    else if (ending !== "throttled") this.#faultsInARow = 0;
    const part = Math.floor(now / this.#partMs);
    const counts = this.#parts.get(part) ?? none();
    counts[ending] += 1;
    this.#parts.set(part, counts);
    this.#forget(part);
  }

  counts(now: number): Counts {
    this.#forget(Math.floor(now / this.#partMs));
    const sum = none();
    for (const counts of this.#parts.values()) {
      for (const ending of ["ok", "slow", "fault", "throttled"] as const) sum[ending] += counts[ending];
    }
    return sum;
  }

  clear(): void {
    this.#parts.clear();
    this.#faultsInARow = 0;
  }

  #forget(current: number): void {
    for (const part of this.#parts.keys()) if (part <= current - parts) this.#parts.delete(part);
  }
}

const none = (): Record<Ending, number> => ({ ok: 0, slow: 0, fault: 0, throttled: 0 });

/** When it is too bad to go on. Rates are from 0 (never happens) to 1 (all calls). */
export interface Bounds {
  readonly failuresInARow: number;
  readonly failureRate: number;
  readonly slowRate: number;
  readonly throttleRate: number;
}

/** One bad call is chance, however few there are: at a healthy 1 % it would end one ramp in four. */
const badMin = 2;

/**
 * Why these counts are too bad to go on, in words for people, or `undefined`. Each kind has its own bound: being throttled
 * means that the provider works, so more of it is borne.
 */
export function whyTooBad(
  seen: Window,
  now: number,
  { failuresInARow, failureRate, slowRate, throttleRate }: Bounds,
  minimumCalls: number,
): string | undefined {
  if (seen.faultsInARow >= failuresInARow) return `${seen.faultsInARow} calls in a row failed`;
  const { ok, slow, fault, throttled } = seen.counts(now);
  const calls = ok + slow + fault + throttled;
  if (calls < minimumCalls) return undefined;
  if (fault >= badMin && fault >= failureRate * calls) return `${fault} of ${calls} calls failed`;
  if (throttled >= badMin && throttled >= throttleRate * calls) return `${throttled} of ${calls} calls were throttled`;
  if (slow >= badMin && slow >= slowRate * calls) return `${slow} of ${calls} calls were slow`;
  return undefined;
}
