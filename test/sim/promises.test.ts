import * as fc from "fast-check";
import { expect, it } from "vitest";
import { haltParameter } from "../../src/aws/switches.ts";
import { toMs } from "../../src/clock.ts";
import { standing } from "../../src/engine/journal.ts";
import { requestUndo } from "../../src/engine/undo-request.ts";
import { sweep } from "../../src/engine/watch.ts";
import { brokenLine } from "../../src/incidents/story.ts";
import { actionsOf, hashPlan } from "../../src/runbook/plan.ts";
import { ladder } from "../../src/settings.ts";
import { degradeEpisode, effectsTwice, spotEpisode } from "../support/episodes.ts";
import { type Answer, settingsOf, type Stack, stack, startMs } from "../support/stack.ts";

/** A hundred worlds in `npm test`; for a night, `PARAMEDIC_RUNS=20000 npx vitest run test/sim/promises.test.ts`. */
const numRuns = Number(process.env["PARAMEDIC_RUNS"] ?? 100);
const seed = Number(process.env["PARAMEDIC_SEED"] ?? 11);

const episodes = [spotEpisode, degradeEpisode];
const over = { hours: 16 };

const seconds = (max: number) => fc.integer({ min: 1, max });
const narrowing = fc.record({
  without: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { maxLength: 3 }),
  leaseMinutes: fc.constantFrom(1, 10, 29, 31, 600),
  params: fc.constant({}),
});
const answer = fc.record({
  verdict: fc.constantFrom("approved" as const, "denied" as const),
  afterSeconds: seconds(2_000),
  by: fc.constantFrom("U0ALEX", "U0SAM", "U0NOBODY"),
  narrowing: fc.option(narrowing, { nil: undefined, freq: 3 }),
});

/** What happens in one world: which trouble, how far the bot may go, what people do, and where sandboxes die. */
const world = fc.record({
  trouble: fc.uniqueArray(fc.constantFrom(...episodes), { minLength: 1, maxLength: 2 }),
  autonomy: fc.constantFrom(...ladder),
  answers: fc.array(answer, { maxLength: 3 }),
  undoAfter: fc.option(seconds(4_000), { nil: undefined }),
  halt: fc.option(
    fc.record({
      from: seconds(2_500),
      lasts: seconds(20_000),
      scope: fc.constantFrom(undefined, "service/chat", "runbook/degrade", "runbook/spot-interruption"),
    }),
    { nil: undefined },
  ),
  deaths: fc.uniqueArray(fc.integer({ min: 1, max: 260 }), { maxLength: 3 }),
});

it(
  `the promises hold over random trouble, people, halts and deaths (${numRuns} worlds)`,
  async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ trouble, autonomy, answers, undoAfter, halt, deaths }) => {
        const people = (): Answer[] =>
          answers.map(({ afterSeconds, narrowing, ...said }) => ({
            ...said,
            after: { seconds: afterSeconds },
            ...(narrowing && { narrowing }),
          }));
        const s = stack({
          settings: settingsOf({ autonomy: { "spot-interruption": autonomy, degrade: autonomy } }),
          people,
          onTouch: ({ ordinal, when }) =>
            deaths.includes(ordinal) && when === (ordinal % 2 === 0 ? "before" : "after") ? "crash" : undefined,
        });
        for (const episode of trouble) await episode.begin(s);
        const moments = [
          ...(undoAfter === undefined ? [] : [{ at: undoAfter, does: () => undoLatest(s) }]),
          ...(halt ? [{ at: halt.from, does: () => setHalt(s, halt.scope) }] : []),
          ...(halt ? [{ at: halt.from + halt.lasts, does: () => resume(s) }] : []),
        ].toSorted((a, b) => a.at - b.at);
        for (const { at, does } of moments) {
          await s.runTo({ seconds: at });
          await does();
        }
        await s.runTo({ hours: 14 });
        await sweep(s.world);
        await s.runTo(over);
        await promisesHold(s, halt);
        s.close();
      }),
      { seed, numRuns },
    );
    // A world takes a few tenths of a second; a night has as many as it likes.
  },
  Math.max(300_000, numRuns * 3_000),
);

const alex = { id: "U0ALEX", team: "T0PARAMEDIC" };

async function undoLatest(s: Stack): Promise<void> {
  const [incident] = await s.world.incidents.recent(1);
  if (incident) await requestUndo(s.world, incident.id, alex, "it does not feel right");
}

const setHalt = ({ sim }: Stack, scope: string | undefined): unknown =>
  sim.seed.parameter({
    name: haltParameter,
    value: JSON.stringify({ by: "Sam", why: "release", ...(scope !== undefined && { scope }) }),
  });
const resume = async ({ sim }: Stack): Promise<unknown> => sim.call("ssm", "DeleteParameter", { Name: haltParameter });

interface Halted {
  readonly from: number;
  readonly lasts: number;
  readonly scope?: string | undefined;
}

/** The promises of DESIGN.md, section 1, as far as they can be seen from outside after everything is over. */
async function promisesHold(s: Stack, halt: Halted | undefined): Promise<void> {
  const ours = s.sim.calls.filter(
    ({ mutating, changed, operation }) =>
      mutating && changed && !["ReceiveMessage", "DeleteParameter"].includes(operation),
  );
  for (const { id, runbook, plan, phase } of await s.world.incidents.recent(10)) {
    // Nothing is left open, and nobody is left running.
    expect(phase.state).toBe("closed");
    const entries = await s.world.journal.read(id);
    // 1. What ran is what the plan says, and the plan is what its hash says.
    if (plan) {
      const { hash, ...rest } = plan;
      expect(hash).toBe(hashPlan(rest));
      const steps = actionsOf(plan).map(({ action, params }) => JSON.stringify([action, params]));
      for (const { action, params } of entries) expect(steps).toContain(JSON.stringify([action, params]));
    } else expect(entries).toEqual([]);
    // 2. Nothing is left of which nobody knows whether it happened. 3. Nothing lent has outlived its lease.
    const left = standing(entries);
    expect(left.filter(({ state }) => state === "intended")).toEqual([]);
    expect(left.filter(({ leaseUntil }) => leaseUntil !== undefined && leaseUntil < s.clock.now())).toEqual([]);
    // 6. The story is whole, and says how it ended.
    const story = await s.world.stories.read(id);
    expect(brokenLine(story)).toBeUndefined();
    expect(story.some(({ key }) => key.startsWith("outcome "))).toBe(true);
    // 4. Its targets are free again.
    for (const target of plan ? actionsOf(plan).flatMap(({ touches }) => touches) : []) {
      expect(await s.world.ledger.lock([target], "somebody-else", s.clock.now() + 1)).toEqual({ granted: true });
      await s.world.ledger.release([target], "somebody-else");
    }
    expect(runbook).toMatch(/^(spot-interruption|degrade)$/);
  }
  expect(s.service.list().filter(({ status }) => status === "RUNNING")).toEqual([]);
  // 2. No effect happened twice.
  expect(effectsTwice(s)).toEqual([]);
  // 5. While everything was halted, nothing was changed.
  if (halt && halt.scope === undefined) {
    const from = startMs + halt.from * 1000;
    const to = from + halt.lasts * 1000;
    expect(ours.filter(({ at }) => at > from && at < Math.min(to, startMs + toMs(over)))).toEqual([]);
  }
}
