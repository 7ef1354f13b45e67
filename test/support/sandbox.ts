import { AsyncLocalStorage } from "node:async_hooks";

/** One touch of the outside world by a running execution: a table operation, an AWS call, a page, a word to Slack. */
export interface Touch {
  /** Of this stack, from 1, before and after counted as one. */
  readonly ordinal: number;
  readonly what: string;
  readonly when: "before" | "after";
  readonly execution: string;
}

/** Answering `crash` makes the sandbox die at that moment. */
export type OnTouch = (touch: Touch) => "crash" | undefined;

interface Box {
  readonly execution: string;
  isDead: boolean;
}

const never = <T>(): Promise<T> => new Promise<T>(() => {});

/**
 * Sandboxes that die whole: after a crash, code of theirs that still runs in this process reaches nothing any more.
 *
 * A function of this process cannot be killed, so every way out of it is watched instead. What runs outside an execution,
 * such as the test itself, is not watched.
 */
export class Sandboxes {
  readonly #running = new AsyncLocalStorage<Box>();
  readonly #onTouch: OnTouch | undefined;
  readonly #kill: (execution: string) => void;
  #touches = 0;
  #underWay = 0;

  constructor(onTouch: OnTouch | undefined, kill: (execution: string) => void) {
    this.#onTouch = onTouch;
    this.#kill = kill;
  }

  run<T>(execution: string, work: () => Promise<T>): Promise<T> {
    return this.#running.run({ execution, isDead: false }, work);
  }

  /** The execution that runs here, or nothing. */
  execution(): string {
    return this.#running.getStore()?.execution ?? "";
  }

  async touch<T>(what: string, work: () => Promise<T>): Promise<T> {
    const box = this.#running.getStore();
    if (!box || !this.#onTouch) return work();
    const ordinal = (this.#touches += 1);
    if (this.#dies(box, { ordinal, what, when: "before", execution: box.execution })) return never();
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      if (this.#dies(box, { ordinal, what, when: "after", execution: box.execution })) await never();
    }
  }

  /**
   * Resolves when nothing is on its way to the world. A sandbox whose execution was stopped goes on until its next
   * checkpoint; time must not run away from it.
   */
  async quiet(): Promise<void> {
    for (let ticks = 0; ticks < 3; ticks = this.#underWay > 0 ? 0 : ticks + 1)
      await new Promise<void>((resolve) => void setImmediate(resolve));
  }

  /** The same object, every method of which is a touch. */
  watch<T extends object>(name: string, thing: T): T {
    return new Proxy(thing, {
      get: (target, property, receiver) => {
        const value: unknown = Reflect.get(target, property, receiver);
        if (typeof value !== "function" || typeof property === "symbol") return value;
        return (...given: unknown[]) =>
          this.touch(
            `${name}.${property} ${about(given[0])}`,
            async () => Reflect.apply(value, target, given) as unknown,
          );
      },
    });
  }

  #dies(box: Box, touch: Touch): boolean {
    if (!box.isDead && this.#onTouch?.(touch) === "crash") {
      box.isDead = true;
      this.#kill(box.execution);
    }
    return box.isDead;
  }
}

/** As much of a first argument as tells which call it was: the key of an item, a text, an AWS target. */
function about(given: unknown): string {
  if (typeof given === "string") return given;
  if (typeof given !== "object" || given === null) return "";
  const pk: unknown = Reflect.get(given, "pk");
  if (typeof pk === "string") return pk;
  const headers: unknown = Reflect.get(given, "headers");
  const target: unknown = typeof headers === "object" && headers !== null ? Reflect.get(headers, "x-amz-target") : "";
  return typeof target === "string" ? (target.split(".").at(-1) ?? "") : "";
}
