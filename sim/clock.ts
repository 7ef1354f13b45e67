import type { Clock } from "../src/clock.ts";

/** A clock on which things can be set to happen. The simulated AWS, its people and the local durable service share one. */
export interface TimerClock extends Clock {
  /** Calls `fn` once when the time `atMs` has come (at the earliest opportunity if it has passed). Returns a cancel. */
  at(atMs: number, fn: () => void): () => void;
}

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly fn: () => void;
}

/** Time that stands still until it is moved. Timers fire in order of their time, then of their setting. */
export class VirtualClock implements TimerClock {
  #now: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  at(atMs: number, fn: () => void): () => void {
    const timer = { atMs, order: this.#order++, fn };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** When the next timer is due, or `undefined` if none is set. */
  next(): number | undefined {
    return this.#first()?.atMs;
  }

  /** Moves time to `untilMs`, firing what falls due on the way; each timer sees its own time as now. */
  advanceTo(untilMs: number): void {
    for (let timer = this.#first(); timer && timer.atMs <= untilMs; timer = this.#first()) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.atMs);
      timer.fn();
    }
    this.#now = Math.max(this.#now, untilMs);
  }

  advance(ms: number): void {
    this.advanceTo(this.#now + ms);
  }

  #first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (!first || timer.atMs < first.atMs || (timer.atMs === first.atMs && timer.order < first.order)) first = timer;
    }
    return first;
  }
}

/**
 * Time that runs by itself, `speed` times as fast as the wall clock, and can be skipped ahead.
 *
 * Used by the local stack: at speed 1 with nothing skipped it is the wall clock.
 */
export class RunningClock implements TimerClock {
  #anchorWall: number;
  #anchor: number;
  #speed: number;
  readonly #timers = new Map<Timer, NodeJS.Timeout>();

  constructor({ startMs = Date.now(), speed = 1 }: { startMs?: number; speed?: number } = {}) {
    this.#anchorWall = Date.now();
    this.#anchor = startMs;
    this.#speed = speed;
  }

  now(): number {
    return Math.round(this.#anchor + (Date.now() - this.#anchorWall) * this.#speed);
  }

  get speed(): number {
    return this.#speed;
  }

  at(atMs: number, fn: () => void): () => void {
    const timer = { atMs, order: 0, fn };
    this.#arm(timer);
    return () => {
      clearTimeout(this.#timers.get(timer));
      this.#timers.delete(timer);
    };
  }

  /** Jumps `ms` ahead; what falls due on the way fires soon, in order. */
  skip(ms: number): void {
    this.#anchor = this.now() + ms;
    this.#anchorWall = Date.now();
    for (const [timer, handle] of [...this.#timers].sort(([a], [b]) => a.atMs - b.atMs)) {
      clearTimeout(handle);
      this.#arm(timer);
    }
  }

  /** Cancels every timer, so that the process can end. */
  stop(): void {
    for (const handle of this.#timers.values()) clearTimeout(handle);
    this.#timers.clear();
  }

  #arm(timer: Timer): void {
    // setTimeout cannot hold more than 2^31 - 1 ms; a longer one is armed again when it comes round.
    const wait = Math.min(Math.max(0, (timer.atMs - this.now()) / this.#speed), 2 ** 31 - 1);
    const handle = setTimeout(() => {
      if (this.now() < timer.atMs) return this.#arm(timer);
      this.#timers.delete(timer);
      timer.fn();
    }, wait);
    this.#timers.set(timer, handle);
  }
}
