import * as fc from "fast-check";
import { it } from "vitest";
import { promisesHold } from "./promises.ts";
import { tell, world } from "./world.ts";

/**
 * Worlds with trouble for up to three runbooks at once, of all that have an episode in `test/runbooks`, and for all of them
 * in turn. Some hundred worlds in `npm test`; for a night, `PARAMEDIC_RUNS=20000 npx vitest run test/sim/promises.test.ts`.
 */
const numRuns = Number(process.env["PARAMEDIC_RUNS"] ?? 200);
const seed = Number(process.env["PARAMEDIC_SEED"] ?? 11);

it(
  `the promises hold over random trouble, people, halts, deaths and faults (${numRuns} worlds, seed ${seed})`,
  async () => {
    await fc.assert(
      fc.asyncProperty(world, async (told) => {
        const over = await tell(told);
        await promisesHold(over);
        over.s.close();
      }),
      { seed, numRuns },
    );
  },
  // A world takes a few hundredths of a second; a night has as many as it likes.
  Math.max(300_000, numRuns * 1_000),
);
