import type { TimerClock } from "./clock.ts";
import type { Due, DueKind, World } from "./world.ts";

/** An event as EventBridge hands it to its targets. */
export interface EventBridgeEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** What one part of AWS lets the others know. */
export interface Fact {
  readonly kind:
    | "instance-running"
    | "instance-dying"
    | "instance-gone"
    | "interruption-noticed"
    | "rebalance-recommended";
  readonly instanceId: string;
}

/** What a service does when its time comes, and when another service has news. */
export interface Behaviour {
  readonly due?: Partial<Record<DueKind, (ground: Ground, due: Due) => void>>;
  readonly hears?: Partial<Record<Fact["kind"], (ground: Ground, instanceId: string) => void>>;
}

/**
 * What the simulated services stand on: the world, its time, its chance, and the one way to change it.
 *
 * What happens later is written in the world's agenda, never in a closure, so a saved world has its future with it.
 */
export class Ground {
  readonly world: World;
  readonly #clock: TimerClock;
  readonly #behaviours: readonly Behaviour[];
  readonly #deliver: (event: EventBridgeEvent, bus: string) => void;
  readonly #onChange: () => void;
  readonly #outbox: [EventBridgeEvent, string][] = [];
  #disarm: () => void = () => {};
  #at: number | undefined;
  #seen: number;

  constructor(
    world: World,
    clock: TimerClock,
    behaviours: readonly Behaviour[],
    { deliver, onChange }: { deliver: (event: EventBridgeEvent, bus: string) => void; onChange: () => void },
  ) {
    this.world = world;
    this.#clock = clock;
    this.#behaviours = behaviours;
    this.#deliver = deliver;
    this.#onChange = onChange;
    this.#seen = world.version;
  }

  /** The time of what is happening: an overdue entry of the agenda happens at its own time, not when it is noticed. */
  now(): number {
    return this.#at ?? this.#clock.now();
  }

  /** Sets fields. Only a field that really differs makes it a change. */
  change<T extends object>(thing: T, patch: Partial<T>): boolean {
    const before = JSON.stringify(thing);
    Object.assign(thing, patch);
    if (JSON.stringify(thing) === before) return false;
    this.world.version += 1;
    return true;
  }

  add<T>(things: Record<string, T>, key: string, thing: T): T {
    things[key] = thing;
    this.world.version += 1;
    return thing;
  }

  remove(things: Record<string, unknown>, key: string): boolean {
    if (!(key in things)) return false;
    delete things[key];
    this.world.version += 1;
    return true;
  }

  /** Adds at the end; beyond `keep` the oldest go, so that a world that runs for days stays small enough to save. */
  append<T>(things: T[], more: readonly T[], keep = Infinity): void {
    for (const thing of more) things.push(thing);
    if (things.length > keep) things.splice(0, things.length - keep);
    this.world.version += more.length;
  }

  later(ms: number, kind: DueKind, of: string, within?: string): void {
    const due = { at: this.now() + ms, kind, of, ...(within === undefined ? {} : { within }) };
    const { agenda } = this.world;
    agenda.splice(agenda.findLastIndex(({ at }) => at <= due.at) + 1, 0, due);
  }

  /** As `later`, unless the same is due by then anyway. */
  soon(ms: number, kind: DueKind, of: string, within?: string): void {
    const by = this.now() + ms;
    const waiting = this.world.agenda.some(
      (due) => due.at <= by && due.kind === kind && due.of === of && due.within === within,
    );
    if (!waiting) this.later(ms, kind, of, within);
  }

  tell(kind: Fact["kind"], instanceId: string): void {
    for (const { hears } of this.#behaviours) hears?.[kind]?.(this, instanceId);
  }

  /** Puts an event on a bus. It is delivered when the present step is over, never in the middle of it. */
  emit(
    event: { source: string; detailType: string; resources: readonly string[]; detail: unknown },
    bus = "default",
  ): string {
    const id = this.uuid();
    const { account, region } = this.world;
    const time = new Date(this.now()).toISOString().replace(/\.\d+Z$/, "Z");
    const { source, detailType, resources, detail } = event;
    this.#outbox.push([
      { version: "0", id, "detail-type": detailType, source, account, time, region, resources, detail },
      bus,
    ]);
    return id;
  }

  /** Sets a scene: what `fn` does is settled at once, so nobody is told of it and nothing follows from it. */
  seeding<T>(fn: () => T): T {
    const { agenda } = this.world;
    const told = this.#outbox.length;
    const ahead = [...agenda];
    const result = fn();
    agenda.splice(0, agenda.length, ...ahead);
    this.#outbox.splice(told);
    return result;
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.world.region}:${this.world.account}:${resource}`;
  }

  /** The next number of the seeded generator (mulberry32: 32 bits of state, enough for delays and ids), from 0 up to 1. */
  random(): number {
    const state = (this.world.chance + 0x6d2b79f5) >>> 0;
    this.world.chance = state;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A delay in whole milliseconds between two numbers of seconds. */
  between(secondsMin: number, secondsMax: number): number {
    return Math.round((secondsMin + this.random() * (secondsMax - secondsMin)) * 1000);
  }

  hex(digits: number): string {
    return Array.from({ length: digits }, () => Math.floor(this.random() * 16).toString(16)).join("");
  }

  uuid(): string {
    return [8, 4, 4, 4, 12].map((digits) => this.hex(digits)).join("-");
  }

  /** Lets happen what is due, each at its own time. */
  catchUp(): void {
    if (this.#at !== undefined) return;
    const { agenda } = this.world;
    try {
      for (let due = agenda[0]; due && due.at <= this.#clock.now(); due = agenda[0]) {
        agenda.shift();
        this.#at = due.at;
        for (const behaviour of this.#behaviours) behaviour.due?.[due.kind]?.(this, due);
      }
    } finally {
      this.#at = undefined;
      this.arm();
    }
  }

  /** Sets the clock for what comes next; what is overdue comes next, never now. */
  arm(): void {
    this.#disarm();
    const next = this.world.agenda[0];
    if (next) this.#disarm = this.#clock.at(next.at, () => this.settle());
  }

  /** Catches up, tells who keeps the world that it changed, and delivers the events. Ends every step. */
  settle(): void {
    this.catchUp();
    if (this.world.version !== this.#seen) {
      this.#seen = this.world.version;
      this.#onChange();
    }
    for (let next = this.#outbox.shift(); next; next = this.#outbox.shift()) this.#deliver(...next);
  }

  /** Forgets the clock: nothing happens by itself any more. */
  stop(): void {
    this.#disarm();
  }
}
