import type { Call, SimOptions } from "../../sim/sim.ts";
import { type Duration, toMs } from "../../src/clock.ts";
import { Random } from "../../src/detect/random.ts";
import { take } from "../../src/engine/take.ts";
import { type Stack, stack, type StackOptions } from "../../test/support/stack.ts";
import { secondsToAnswer } from "./people.ts";

/** Which of the bot's changes is left out: the `ordinal`th call of an operation, from 0. */
export interface Suppressed {
  readonly service: Call["service"];
  readonly operation: string;
  readonly ordinal: number;
}

/** The bot as deployed, in an estate of the simulated AWS, with events and people as late as they are. */
export interface Bot extends Pick<Stack, "clock" | "sim" | "world" | "inFlight" | "service" | "asked" | "pages"> {
  /** Hands the bot an event, as text or as an object, when it would arrive. What it throws is a bug and ends the run. */
  deliver(event: unknown, after?: Delay): void;
  /** Does something again and again, from now on: a round of `watch`, a process of the estate. */
  every(length: Duration, work: () => Promise<unknown>): void;
  /** Does something of the estate's at a time, in milliseconds since the epoch, and waits for it. */
  at(timeMs: number, work: () => Promise<unknown>): void;
  /** Lets everything happen up to this time, in milliseconds since the epoch. */
  runTo(untilMs: number): Promise<void>;
  /** What the bot has changed in the account, oldest first. */
  changes(): readonly Call[];
  close(): void;
}

/** From when something happens until the bot hears of it, in milliseconds: a draw between two bounds. */
export interface Delay {
  readonly minMs: number;
  readonly maxMs: number;
}

/** EventBridge to a target: seconds (the rule has no batching). */
export const eventBridge: Delay = { minMs: 1_000, maxMs: 5_000 };
/** CloudWatch publishes a minute's values one to two minutes later, and its stream keeps their order: so the spread is under a minute. */
export const metricStream: Delay = { minMs: 90_000, maxMs: 145_000 };
/** A workload's own samples take EventBridge and one queue. */
export const sampleBus: Delay = { minMs: 1_000, maxMs: 10_000 };

export interface BotOptions extends Pick<StackOptions, "settings" | "runbooks"> {
  readonly seed: number;
  readonly suppressed?: Suppressed | undefined;
  /** Gets every event of the simulated AWS; by default the bot does, of the default bus. */
  readonly emit?: SimOptions["emit"];
  /** What people say when they are asked; they are as late as people are. By default they approve. */
  readonly verdict?: "approved" | "denied";
}

export function createBot({ seed, suppressed, emit, verdict = "approved", ...options }: BotOptions): Bot {
  const random = Random.fromSeed(seed);
  const beside = new Set<Promise<unknown>>();
  let failed: { readonly error: unknown } | undefined;
  const s = stack({
    ...options,
    seed,
    people: () => ({ verdict, after: { seconds: secondsToAnswer(random) } }),
    simulation: {
      metricDelay: { seconds: 90 },
      emit: emit ?? ((event, bus) => (bus === "default" ? deliver(event) : undefined)),
    },
  });
  if (suppressed) {
    const { service, operation, ordinal } = suppressed;
    let calls = 0;
    s.sim.faults.add({ service, operation, kind: "denied", when: () => calls++ === ordinal });
  }

  function deliver(event: unknown, { minMs, maxMs }: Delay = eventBridge): void {
    s.clock.at(s.clock.now() + minMs + random.next() * (maxMs - minMs), () => {
      follow(take(s.world, event));
    });
  }
  const follow = (work: Promise<unknown>): void => {
    const followed = work.catch((error: unknown) => void (failed ??= { error })).finally(() => beside.delete(followed));
    beside.add(followed);
  };
  const rest = async (): Promise<void> => {
    do {
      await Promise.all(beside);
      await s.service.settle(() => true);
    } while (beside.size > 0);
    if (failed) throw failed.error;
  };
  return {
    clock: s.clock,
    sim: s.sim,
    world: s.world,
    inFlight: s.inFlight,
    service: s.service,
    asked: s.asked,
    pages: s.pages,
    deliver,
    every(length, work) {
      const again = (): void => {
        follow(work());
        s.clock.at(s.clock.now() + toMs(length), again);
      };
      s.clock.at(s.clock.now() + toMs(length), again);
    },
    at: (timeMs, work) => void s.clock.at(timeMs, () => follow(work())),
    async runTo(untilMs) {
      for (await rest(); (s.clock.next() ?? Infinity) <= untilMs; await rest())
        s.clock.advanceTo(s.clock.next() ?? untilMs);
      s.clock.advanceTo(untilMs);
    },
    changes: () => s.sim.calls.filter(({ mutating, changed }) => mutating && changed),
    close: () => s.close(),
  };
}
