import { describe, expect, it } from "vitest";
import { episodes } from "../runbooks/all.ts";
import { promisesHold } from "./promises.ts";
import { atEach } from "../support/side-by-side.ts";
import { stack } from "../support/stack.ts";
import { tell, type Told } from "./world.ts";

/**
 * Of all moments at which a sandbox can die, so many are tried for each runbook: before and after every touch of the world and
 * every record of a step there is one. `PARAMEDIC_RUNS=100000 npx vitest run test/sim/every-moment.test.ts` tries them all, on
 * the engine of the random worlds and on the durable SDK, where there are fewer by default: it takes pauses of its own.
 */
const most = Number(process.env["PARAMEDIC_RUNS"] ?? 5);
const mostOnSdk = Number(process.env["PARAMEDIC_RUNS"] ?? 2);

const dyingAt = (runbook: string, helps: boolean, deaths: number[]): Told => ({
  trouble: [{ runbook, helps }],
  autonomy: "auto",
  limits: { changesPerHour: 200, usdPerHour: 100, stormIncidents: 50 },
  rebalances: false,
  answers: [],
  undoAfter: undefined,
  halt: undefined,
  deaths,
  faults: [],
  hears: [[0]],
  isDeaf: false,
});

describe.each(episodes)("$runbook.id keeps its promises wherever its sandbox dies", ({ runbook: { id } }) => {
  it.each([
    ["when it helps", true],
    ["when it does not help", false],
  ])(
    "%s",
    async (_, helps) => {
      const quiet = await tell(dyingAt(id, helps, []));
      quiet.s.close();
      expect(quiet.moments).toBeGreaterThan(50);
      const every = Math.max(1, quiet.moments / most);
      for (let at = 0; at < quiet.moments; at += every) {
        const moment = Math.floor(at);
        const over = await tell(dyingAt(id, helps, [moment]));
        await promisesHold(over).catch((error: unknown) => {
          throw new Error(`at moment ${moment}`, { cause: error });
        });
        over.s.close();
      }
      // A world takes a few hundredths of a second.
    },
    Math.max(60_000, Math.min(most, 5_000) * 3_000),
  );
});

it(
  "every runbook keeps its promises on the durable SDK, too, wherever its sandbox dies",
  async () => {
    await atEach(episodes, async ({ runbook: { id } }) => {
      const quiet = await tell(dyingAt(id, true, []), stack);
      quiet.s.close();
      expect(quiet.moments).toBeGreaterThan(50);
      // The middle of each part: the very first moment is before anything was done.
      const count = Math.min(mostOnSdk, quiet.moments);
      for (let part = 0; part < count; part++) {
        const moment = Math.floor(((part + 0.5) * quiet.moments) / count);
        const over = await tell(dyingAt(id, true, [moment]), stack);
        await promisesHold(over).catch((error: unknown) => {
          throw new Error(`${id} at moment ${moment}`, { cause: error });
        });
        over.s.close();
      }
    });
  },
  Math.max(60_000, Math.min(mostOnSdk, 5_000) * 20_000),
);
