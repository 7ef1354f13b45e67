import { expect, it, describe } from "vitest";
import type { Fault } from "../../sim/faults.ts";
import type { ServiceName } from "../../sim/operation.ts";
import type { Call } from "../../sim/sim.ts";
import { sweep } from "../../src/engine/watch.ts";
import { Random } from "../support/random.ts";
import { degradeEpisode, type Episode, isChange, promisesKept, spotEpisode } from "../support/episodes.ts";
import type { OnTouch } from "../support/sandbox.ts";
import { atEach } from "../support/side-by-side.ts";
import { type Stack, stack } from "../support/stack.ts";

/** Seeds of the random part: enough in `npm test` to meet each kind of moment; `PARAMEDIC_RUNS` for a night. */
const runs = Number(process.env["PARAMEDIC_RUNS"] ?? 25);

async function tell(
  episode: Episode,
  faults: Stack["service"]["faults"],
  onTouch?: OnTouch,
  troubles: readonly Fault[] = [],
): Promise<Stack> {
  const people = () => ({ verdict: "approved" as const, after: { minutes: 1 } });
  // A call that hangs is given up after 40 ms of real time, not after five seconds.
  const s = stack({ people, requestTimeoutMs: 40, ...(onTouch && { onTouch }) });
  Object.assign(s.service.faults, faults);
  for (const trouble of troubles) s.sim.faults.add(trouble);
  try {
    await episode.begin(s);
    await s.runTo(episode.over);
    return s;
  } catch (error) {
    s.close();
    throw error;
  }
}

describe.each([spotEpisode, degradeEpisode])("$runbook", (episode) => {
  it("keeps its promises when the sandbox dies before or after any checkpoint", async () => {
    let checkpoints = 0;
    const quiet = await tell(episode, { beforeCheckpoint: () => void (checkpoints += 1) });
    quiet.close();
    expect(checkpoints).toBeGreaterThan(20);
    const moments = Array.from({ length: checkpoints }, (_, i) => i + 1).flatMap((at) => [
      { at, when: "beforeCheckpoint" as const },
      { at, when: "afterCheckpoint" as const },
    ]);

    const ends: string[] = [];
    await atEach(moments, async ({ at, when }) => {
      const s = await tell(episode, {
        [when]: ({ ordinal }: { ordinal: number }) => (ordinal === at ? "crash" : undefined),
      });
      const { phase } = await promisesKept(s, episode);
      if (phase.state === "closed") ends.push(phase.outcome);
      s.close();
    });
    expect(new Set(ends)).toEqual(new Set(["healed"]));
  });

  it("keeps its promises when the sandbox dies before or after the effect of any change", async () => {
    const changes: string[] = [];
    const quiet = await tell(
      episode,
      {},
      ({ what, when }) => void (when === "before" && isChange(what) && changes.push(what)),
    );
    quiet.close();
    expect(changes.length).toBeGreaterThan(1);
    const moments = changes.flatMap((_, at) => [
      { at, when: "before" as const },
      { at, when: "after" as const },
    ]);
    await atEach(moments, async (moment) => {
      let seen = { before: 0, after: 0 };
      const s = await tell(episode, {}, ({ what, when }) =>
        isChange(what) && when === moment.when && seen[when]++ === moment.at ? "crash" : undefined,
      );
      const { phase } = await promisesKept(s, episode);
      expect(phase).toMatchObject({ outcome: "healed" });
      s.close();
    });
  });

  it(`keeps its promises in worlds that misbehave at random (${runs} seeds)`, async () => {
    let touches = 0;
    const quiet = await tell(episode, {}, ({ when }) => void (touches += when === "before" ? 1 : 0));
    const operations = [
      ...new Set(quiet.sim.calls.filter(isOurs).map(({ service, operation }) => `${service}:${operation}`)),
    ];
    quiet.close();
    expect(touches).toBeGreaterThan(100);
    await atEach(
      Array.from({ length: runs }, (_, seed) => seed + 1),
      async (seed) => {
        const random = new Random(seed);
        // Up to three deaths, anywhere between the first touch of the world and a few retries after the last.
        const deaths = new Set(Array.from({ length: random.below(4) }, () => 1 + random.below(touches + 20)));
        const troubles = Array.from({ length: random.below(4) }, () => troubleOf(random, operations));
        const s = await tell(
          episode,
          {},
          ({ ordinal, when }) =>
            deaths.has(ordinal) && when === (ordinal % 2 === 0 ? "before" : "after") ? "crash" : undefined,
          troubles,
        );
        // When the trouble is over, watch looks once for what could not be given back meanwhile.
        s.sim.faults.clear();
        await sweep(s.world);
        await s.runTo({ hours: episode.over.hours + 1 });
        await promisesKept(s, episode);
        s.close();
      },
    );
  });
});

/** The worker that receives messages is no part of the bot. */
const isOurs = ({ operation }: Call): boolean => operation !== "ReceiveMessage";

const kinds = ["lost-response", "reset-before", "throttle", "denied", "server-error", "hang"] as const;

/** Trouble on the way to one operation: of any kind, for one call up to four, from the first one or a later one on. */
function troubleOf(random: Random, operations: readonly string[]): Fault {
  const [service, operation] = (operations[random.below(operations.length)] ?? "").split(":") as [ServiceName, string];
  let spared = random.below(3);
  return {
    service,
    operation,
    kind: kinds[random.below(kinds.length)] ?? "throttle",
    times: 1 + random.below(4),
    when: () => spared-- <= 0,
  };
}
