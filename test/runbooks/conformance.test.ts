import { describe, expect, it } from "vitest";
import { runbooks } from "../../runbooks/index.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { actionsOf, type StoredPlan, touchedBy } from "../../src/runbook/plan.ts";
import { changed } from "../support/episodes.ts";
import { type AnyStack, lightStack, type People, type StackOptions } from "../support/stack.ts";
import { episodes, estate } from "./all.ts";
import type { RunbookEpisode } from "./episode.ts";
import { seedQueues } from "./jobs.ts";

it("every runbook that changes something is told from its event to its outcome, undone, and narrowed", () => {
  const acting = runbooks.filter(({ definition }) => definition.uses.some(({ kind }) => kind === "action"));
  const missing = acting.filter((runbook) => !episodes.some((episode) => episode.runbook === runbook));
  const wanted = missing.map(
    ({ id }) =>
      `${id} has no episode. Write test/runbooks/episodes/${id}.ts, which says how its trouble begins, what it changes ` +
      "and what a person may make of its plan; this suite tells the three stories.",
  );
  expect(wanted).toEqual([]);
  const ids = episodes.map(({ runbook }) => runbook.id);
  expect(ids, "each once, and of this deployment").toEqual([...new Set(ids)].filter((id) => isListed(id)));
});

const isListed = (id: string): boolean => runbooks.some((runbook) => runbook.id === id);

/** The episode from its event to its end. What it changes, before and after; and the first incident of its runbook. */
async function told(episode: RunbookEpisode, helps: boolean, options: StackOptions) {
  const s = lightStack({ ...(episode.hears && { hears: () => [0] }), ...options });
  seedQueues(s);
  await episode.seed(s, helps);
  const before = await episode.shows(s);
  await episode.trouble(s);
  await s.runTo(episode.over);
  const after = await episode.shows(s);
  const incidents = (await s.world.incidents.recent(50)).reverse();
  const incident = incidents.find(({ runbook }) => runbook === episode.runbook.id);
  if (!incident) throw new Error(`nothing happened; there are: ${incidents.map(({ runbook }) => runbook).join(", ")}`);
  const story = (await s.world.stories.read(incident.id)).map(({ text }) => text);
  s.close();
  return { s, before, after, incident, story };
}

const rung = (episode: RunbookEpisode, as: "auto" | "approve"): StackOptions => ({
  settings: estate({ autonomy: { [episode.runbook.id]: as } }),
});
const endOf = ({ phase }: Incident): string =>
  phase.state === "closed" ? `${phase.outcome}: ${phase.why}` : phase.state;
const doneIn = async (s: AnyStack, { id }: Incident) =>
  (await s.world.journal.read(id)).map(({ step, params, state }) => ({ step, params, state }));

describe.each(episodes)("$runbook.id", (episode) => {
  const { onFailure = "undo" } = episode.runbook.definition;

  it("goes from its event to its outcome, and what it lent is back", async () => {
    const { after, incident, s } = await told(episode, true, rung(episode, "auto"));
    expect(endOf(incident)).toMatch(/^healed: /);
    expect(after).toEqual(episode.healed);
    expect(await doneIn(s, incident)).not.toEqual([]);
    expect(s.pages).toEqual([]);
  });

  if (onFailure === "undo") {
    it("takes everything back and pages people when it does not help", async () => {
      const { before, after, incident, s, story } = await told(episode, false, rung(episode, "auto"));
      expect(endOf(incident)).toMatch(/^undone: /);
      expect(after).toEqual(episode.undone ? episode.undone.shows : before);
      expect(await doneIn(s, incident)).not.toEqual([]);
      expect((await doneIn(s, incident)).filter(({ state }) => state === "intended" || state === "done")).toEqual([]);
      expect(story.some((text) => /^(Undone|Kept): /.test(text))).toBe(true);
      expect(s.pages).not.toEqual([]);
    });

    it("takes nothing back twice, although the sandbox dies before that is recorded", async () => {
      /** What is sent for an incident whose sandbox dies after so many writes to its journal; of any incident, if none is named. */
      const sentFor = async (id: string, dyingAfter: number) => {
        const writes: string[] = [];
        const sent: string[] = [];
        const { s, incident } = await told(episode, false, {
          ...rung(episode, "auto"),
          onTouch: ({ what, when }) => {
            if (when !== "after" || !what.startsWith("table.replace journal#")) return undefined;
            writes.push(what);
            return what.endsWith(id) && writes.filter((one) => one === what).length === dyingAfter
              ? "crash"
              : undefined;
          },
          onActing: (command, execution) => void sent.push(`${command} ${execution}`),
        });
        const mutating = new Set(s.sim.calls.filter((call) => call.mutating).map(({ operation }) => operation));
        return {
          id: incident.id,
          writes: writes.filter((one) => one.endsWith(incident.id)).length,
          sent: sent.filter((one) => one.includes(incident.id) && mutating.has(one.split(" ")[0] ?? "")),
        };
      };
      const quiet = await sentFor("nobody", 0);
      expect((await sentFor(quiet.id, quiet.writes)).sent).toEqual(quiet.sent);
    });
  } else {
    it("leaves what it did, says so and pages people when it does not help", async () => {
      const { after, incident, s } = await told(episode, false, rung(episode, "auto"));
      expect(endOf(incident)).toMatch(/^escalated: .+ what was done stays: /);
      expect(after).toEqual(episode.healed);
      expect(s.pages).not.toEqual([]);
    });
  }

  it("does what a person has left of its plan, and no more", async () => {
    const { less } = episode;
    let proposed: StoredPlan | undefined;
    const people: People = (_, { plan }) => {
      proposed ??= plan;
      const narrowing = plan && typeof less === "function" ? less(plan) : { without: plan ? allOf(plan) : [] };
      return { verdict: "approved", after: { seconds: 2 }, narrowing: { without: [], params: {}, ...narrowing } };
    };
    const { s, incident, story } = await told(episode, true, { ...rung(episode, "approve"), people });
    if (typeof less !== "function") {
      expect(endOf(incident)).toMatch(/^refused: the override cannot be followed: /);
      expect(changed(s)).toEqual([]);
      return;
    }
    expect(endOf(incident)).toMatch(/^healed: /);
    expect(story).toContainEqual(expect.stringMatching(/^Narrowed by Alex: /));
    if (!incident.plan || !proposed) throw new Error("there was no plan");
    expect(incident.plan.hash).not.toBe(proposed.hash);
    expect(touchedBy(proposed)).toEqual(expect.arrayContaining(touchedBy(incident.plan)));
    // What turned out not to be needed was left out.
    const left = actionsOf(incident.plan).filter(
      ({ does, unless }) => !unless || !story.some((text) => text.startsWith(`Not needed: ${does};`)),
    );
    const ran = await doneIn(s, incident);
    expect(ran.map(({ params }) => params)).toEqual(left.map(({ params }) => params));
  });
});

const allOf = ({ steps }: StoredPlan): number[] => steps.flatMap(({ kind }, at) => (kind === "action" ? at : []));
