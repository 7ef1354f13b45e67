/** What is at work in this process right now, by key. One piece of work per key counts; an abandoned one no longer does. */
export class Tasks {
  readonly #running = new Map<string, symbol>();
  #waiting: (() => void)[] = [];

  get size(): number {
    return this.#running.size;
  }

  keys(): string[] {
    return [...this.#running.keys()];
  }

  has(key: string): boolean {
    return this.#running.has(key);
  }

  /** Runs `work` soon, never before the caller has gone on. `work` must not reject: its errors are its own business. */
  run(key: string, work: () => Promise<void>): void {
    const mark = Symbol(key);
    this.#running.set(key, mark);
    const whole = async () => {
      await Promise.resolve();
      try {
        await work();
      } finally {
        if (this.#running.get(key) === mark) this.abandon(key);
      }
    };
    void whole();
  }

  /** Stops counting it. JavaScript cannot be killed: what it still does must be harmless, which fencing sees to. */
  abandon(key: string): void {
    if (!this.#running.delete(key) || this.#running.size > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves when nothing is at work. */
  async quiet(): Promise<void> {
    if (this.#running.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
