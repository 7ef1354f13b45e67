import type { TimerClock } from "../../sim/clock.ts";

/**
 * Does what is due, then sets one alarm for the next thing.
 *
 * The times themselves are in the file; an alarm that is lost is no loss. Until {@link open} nothing is done at all.
 */
export class Scheduler {
  readonly #clock: TimerClock;
  readonly #next: () => number | undefined;
  readonly #work: () => void;
  #cancel: (() => void) | undefined;
  #state: "held" | "open" | "closed" = "held";
  #busy = false;

  /** `work` does all that is due; `next` says when more will be. */
  constructor(clock: TimerClock, next: () => number | undefined, work: () => void) {
    this.#clock = clock;
    this.#next = next;
    this.#work = work;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  open(): void {
    if (this.#state === "held") this.#state = "open";
    this.poke();
  }

  close(): void {
    this.#state = "closed";
    this.#cancel?.();
  }

  /** To be called after anything has changed. */
  poke(): void {
    // Doing what is due changes things too; the loop below sees to those.
    if (this.#state !== "open" || this.#busy) return;
    this.#busy = true;
    try {
      let next = this.#next();
      while (next !== undefined && next <= this.#clock.now()) {
        this.#work();
        next = this.#next();
      }
      this.#cancel?.();
      this.#cancel = next === undefined ? undefined : this.#clock.at(next, () => this.poke());
    } finally {
      this.#busy = false;
    }
  }
}
