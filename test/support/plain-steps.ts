import type { VirtualClock } from "../../sim/clock.ts";
import type { Steps, Tried } from "../../src/engine/steps.ts";

/** The sandbox was lost and nobody carries on: the execution has been ended from outside. */
export class Ended extends Error {
  override readonly name = "Ended";
}

/** What befalls a step that is done at most once: its sandbox dies before it or after it, and another one goes on or none does. */
export type Fate = "dies before" | "dies after" | "ends before" | "ends after";

export interface StepsOptions {
  readonly fate?: (name: string) => Fate | undefined;
  /** Every step that bears repeating is run twice, as if the sandbox died before its first answer was recorded. */
  readonly twice?: boolean;
  /** Told when a step is over, with the name it had. */
  readonly onStep?: (name: string) => void;
}

/** Durable steps without a durable service: each is run where it stands, and sleeping moves the clock. */
export function plainSteps(clock: VirtualClock, { fate, twice = false, onStep }: StepsOptions = {}): Steps {
  return {
    execution: "plain",
    async atLeastOnce(name, body) {
      if (twice) await body();
      const answer = await body();
      onStep?.(name);
      return answer;
    },
    async atMostOnce<T>(name: string, body: () => Promise<T>): Promise<Tried<T>> {
      const befalls = fate?.(name);
      if (befalls === "ends before") throw new Ended(name);
      const value = befalls === "dies before" ? undefined : { ended: await body() };
      onStep?.(name);
      if (befalls === "ends after") throw new Ended(name);
      if (!value || befalls === "dies after") return { kind: "unknown", why: "the sandbox died" };
      return { kind: "ended", value: value.ended };
    },
    sleep(_, ms) {
      clock.advance(ms);
      return Promise.resolve();
    },
    waitForPeople: () => Promise.reject(new Error("nobody is asked here")),
  };
}
