/**
 * Novelty from here on is told; the middle of what is best on all of the Numenta Anomaly Benchmark's files at once (`bench:detector`).
 * Sensitive: some ten alarms a week on a quiet one-minute metric, where `onset` has none in nearly all weeks.
 */
export const novelFrom = 0.86;
/** Points of a span that pass after an alarm before the next: one alarm an episode. */
const quietShareUsual = 0.15;

/** Turns novelty into alarms: one an episode. */
export class Alarm {
  readonly #quietPoints: number;
  readonly #from: number;
  /** Points until the next alarm may come. */
  quiet = 0;

  constructor(span: number, from = novelFrom, quietShare = quietShareUsual) {
    this.#quietPoints = Math.round(quietShare * span);
    this.#from = from;
  }

  /** True for the point that raises the alarm. */
  next(novelty: number): boolean {
    if (this.quiet > 0) {
      this.quiet--;
      return false;
    }
    if (novelty < this.#from) return false;
    this.quiet = this.#quietPoints;
    return true;
  }
}
