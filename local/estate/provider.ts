import { type Circuit, createCircuit } from "../../src/client/circuit/circuit.ts";
import { toRules } from "../../src/client/circuit/settings.ts";
import { systemTimer } from "../../src/client/timer.ts";
import type { Table } from "../../src/aws/table.ts";
import type { Clock } from "../../src/clock.ts";
import { estate } from "./seed.ts";

/** How often the chat service calls its provider in ten seconds. */
const calls = 20;

/**
 * The provider of the model, called through a circuit as `paramedic/client` has it. Answers how many of the last ten
 * seconds' calls failed: refused ones did not, for nobody made them.
 */
export function createProvider({
  table,
  clock,
  chance,
  isDown,
}: {
  table: Table;
  clock: Clock;
  chance: () => number;
  isDown: () => boolean;
}): () => Promise<number> {
  const name = estate.provider;
  let attempts = 0;
  const circuit: Circuit = createCircuit(
    name,
    // At two calls a second a share of one percent would be a call a minute: the way back begins with a quarter.
    toRules(name, { ramp: [0.25, 0.5, 1], rampStep: { seconds: 10 }, storeTimeout: { seconds: 5 } }),
    {
      table,
      clock,
      chance,
      timer: systemTimer,
      owner: () => `chat ${(attempts += 1)}`,
      report: ({ kind }) => {
        if (kind === "store-failed") process.emitWarning(`the chat service: ${kind}`);
      },
    },
  );
  return async () => {
    let failed = 0;
    for (let i = 0; i < calls; i++) {
      // Also on a good day one call in a hundred fails.
      const fails = isDown() || chance() < 0.01;
      const made = await circuit.attempt(() => (fails ? Promise.reject(overloaded()) : Promise.resolve("an answer")));
      if (made.kind === "failed") failed += 1;
    }
    return failed;
  };
}

/** What a provider says that is down: a status that the client's circuit counts as its fault. */
const overloaded = (): Error => Object.assign(new Error("overloaded"), { status: 503 });
