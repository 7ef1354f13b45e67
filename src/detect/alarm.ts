/**
 * Novelty from here on is told; chosen on all of the Numenta Anomaly Benchmark's files at once (`bench:detector`). Sensitive: some 16
 * alarms a week on a quiet one-minute metric, where `onset` has none in nearly all weeks.
 */
export const novelFrom = 0.89;
/** Points of a span that pass after an alarm before the next: one alarm an episode. */
const quietShare = 0.2;
/** Whoever was just alarmed is alarmed less easily: by a tenth for each alarm, which fades over four spans. */
const wearyPer = 0.1;
const wearySpans = 4;

export interface AlarmState {
  readonly quiet: number;
  readonly weary: number;
}

/** Turns novelty into alarms: one an episode, and fewer for a series that is always new. */
export class Alarm {
  readonly #span: number;
  readonly #from: number;
  /** Points until the next alarm may come. */
  #quiet = 0;
  #weary = 0;

  constructor(span: number, from = novelFrom) {
    this.#span = span;
    this.#from = from;
  }

  get state(): AlarmState {
    return { quiet: this.#quiet, weary: this.#weary };
  }

  set state({ quiet, weary }: AlarmState) {
    this.#quiet = quiet;
    this.#weary = weary;
  }

  /** True for the point that raises the alarm. */
  next(novelty: number): boolean {
    this.#weary *= 1 - 1 / (wearySpans * this.#span);
    if (this.#quiet > 0) {
      this.#quiet--;
      return false;
    }
    if (novelty < this.#from * (1 + this.#weary)) return false;
    this.#quiet = Math.round(quietShare * this.#span);
    this.#weary += wearyPer;
    return true;
  }
}
