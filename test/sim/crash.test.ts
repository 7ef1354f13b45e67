import { expect, it, describe } from "vitest";
import { Random } from "../support/random.ts";
import { degradeEpisode, type Episode, isChange, promisesKept, spotEpisode } from "../support/episodes.ts";
import type { OnTouch } from "../support/sandbox.ts";
import { type Stack, stack } from "../support/stack.ts";

/** Sandboxes spend their time waiting for the SDK's own 20 ms pauses, so several stories go on side by side. */
const sideBySide = 12;
/** Seeds of the random part: enough in `npm test` to meet each kind of moment; `PARAMEDIC_RUNS` for a night. */
const runs = Number(process.env["PARAMEDIC_RUNS"] ?? 60);

async function tell(episode: Episode, faults: Stack["service"]["faults"], onTouch?: OnTouch): Promise<Stack> {
  const s = stack({ people: () => ({ verdict: "approved", after: { minutes: 1 } }), ...(onTouch && { onTouch }) });
  Object.assign(s.service.faults, faults);
  try {
    await episode.begin(s);
    await s.runTo(episode.over);
    return s;
  } catch (error) {
    s.close();
    throw error;
  }
}

/** Tells an episode once per moment, several at a time, and names the moment at which a promise was broken. */
async function atEach<M>(moments: readonly M[], one: (moment: M) => Promise<void>): Promise<void> {
  const left = [...moments];
  const worker = async (): Promise<void> => {
    for (let moment = left.shift(); moment !== undefined; moment = left.shift()) {
      try {
        await one(moment);
      } catch (error) {
        throw new Error(`crashing at ${JSON.stringify(moment)}: ${String(error)}`, { cause: error });
      }
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, worker));
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
      const s = await tell(episode, { [when]: ({ ordinal }: { ordinal: number }) => (ordinal === at ? "crash" : undefined) });
      const { phase } = await promisesKept(s, episode);
      if (phase.state === "closed") ends.push(phase.outcome);
      s.close();
    });
    expect(new Set(ends)).toEqual(new Set(["healed"]));
  });

  it("keeps its promises when the sandbox dies before or after the effect of any change", async () => {
    const changes: string[] = [];
    const quiet = await tell(episode, {}, ({ what, when }) => void (when === "before" && isChange(what) && changes.push(what)));
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

  it(`keeps its promises when sandboxes die at random (${runs} seeds)`, async () => {
    let touches = 0;
    const quiet = await tell(episode, {}, ({ when }) => void (touches += when === "before" ? 1 : 0));
    quiet.close();
    expect(touches).toBeGreaterThan(100);
    await atEach(
      Array.from({ length: runs }, (_, seed) => seed + 1),
      async (seed) => {
        const random = new Random(seed);
        // Up to four deaths, anywhere between the first touch of the world and a few retries after the last.
        const deaths = new Set(Array.from({ length: 1 + random.below(4) }, () => 1 + random.below(touches + 20)));
        const s = await tell(episode, {}, ({ ordinal, when }) =>
          deaths.has(ordinal) && when === (ordinal % 2 === 0 ? "before" : "after") ? "crash" : undefined,
        );
        await promisesKept(s, episode);
        s.close();
      },
    );
  });
});
