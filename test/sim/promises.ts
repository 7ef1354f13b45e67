import { expect } from "vitest";
import { standing } from "../../src/engine/journal.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { brokenLine } from "../../src/incidents/story.ts";
import type { ActionDefinition } from "../../src/runbook/action.ts";
import { actionsOf, hashPlan } from "../../src/runbook/plan.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";
import { isDefined } from "../../src/runbook/runbook.ts";
import { toMs } from "../../src/clock.ts";
import type { AnyStack } from "../support/stack.ts";
import type { Over } from "./world.ts";

/** The promises of DESIGN.md, section 1, by number, as far as they can be seen from outside when everything is over. */
export async function promisesHold(over: Over): Promise<void> {
  const all = await Promise.all((await over.s.world.incidents.recent(100)).map((incident) => read(over.s, incident)));
  for (const one of all) {
    whatWasApprovedRan(one);
    nothingIsUnknown(one);
    nothingIsForgotten(one, over);
    nothingIsSilent(one);
    await targetsAreFree(one, over.s);
  }
  nothingHappenedTwice(over.s);
  theWayBackCameFirst(over);
  whatWasLentIsBack(over);
  oneIncidentAtATime(all);
  stopMeantStop(over);
  limitsHeld(all, over.s);
  awsWasNotFought(over);
  expect(
    over.s.service.list().filter(({ status }) => status === "RUNNING"),
    "nobody is left running",
  ).toEqual([]);
}

interface Read {
  readonly incident: Incident;
  readonly entries: Awaited<ReturnType<AnyStack["world"]["journal"]["read"]>>;
  readonly story: Awaited<ReturnType<AnyStack["world"]["stories"]["read"]>>;
}

const read = async ({ world }: AnyStack, incident: Incident): Promise<Read> => ({
  incident,
  entries: await world.journal.read(incident.id),
  story: await world.stories.read(incident.id),
});

function whatWasApprovedRan({ incident: { plan }, entries }: Read): void {
  if (!plan) {
    expect(entries, "promise 1: nothing is done without a plan").toEqual([]);
    return;
  }
  const { hash, ...rest } = plan;
  expect(hash, "promise 1: the plan is what its hash says").toBe(hashPlan(rest));
  const steps = actionsOf(plan).map(({ action, params }) => JSON.stringify([action, params]));
  for (const { action, params } of entries) {
    expect(steps, "promise 1: what ran is in the plan").toContain(JSON.stringify([action, params]));
  }
}

function nothingIsUnknown({ entries }: Read): void {
  expect(
    standing(entries).filter(({ state }) => state === "intended"),
    "promise 2: nothing is left of which nobody knows whether it happened",
  ).toEqual([]);
}

/** Operations that make something anew each time: the same again would be a second one. */
const making = ["LaunchInstances", "SubmitJob", "CreateTrainingJob", "RegisterTaskDefinition", "DetachInstances"];

function nothingHappenedTwice({ sim }: AnyStack): void {
  const made = sim.calls
    .filter(({ changed, operation }) => changed && making.includes(operation))
    .map(({ operation, input }) => `${operation} ${JSON.stringify(input)}`);
  expect(
    made.filter((one, index) => made.indexOf(one) !== index),
    "promise 2: no effect happens twice",
  ).toEqual([]);
}

function theWayBackCameFirst({ s, sent }: Over): void {
  const mutating = new Set(s.sim.calls.filter((call) => call.mutating).map(({ operation }) => operation));
  for (const { command, standing: stood, execution } of sent) {
    if (!mutating.has(command)) continue;
    const declared = stood.some(({ action }) => mayCall(s.world.runbooks, action, command));
    expect(declared, `promise 3: ${command} of ${execution} was in the journal before it was sent`).toBe(true);
  }
}

/** Whether an action declares an operation. SQS has no IAM action for a batch: the single one's covers it. */
function mayCall(runbooks: readonly Runbook[], id: string, command: string): boolean {
  const action = runbooks
    .flatMap(({ definition }) => definition.uses)
    .filter(isDefined)
    .find((usable) => usable.kind === "action" && usable.id === id);
  const { permissions = [] } = (action?.definition ?? {}) as Partial<ActionDefinition>;
  return permissions.some((permission) => permission.endsWith(`:${command.replace(/Batch$/, "")}`));
}

function nothingIsForgotten({ entries, incident }: Read, { s }: Over): void {
  expect(
    standing(entries).filter(({ leaseUntil }) => leaseUntil !== undefined && leaseUntil < s.clock.now()),
    `promise 3: nothing that was lent for ${incident.runbook} stands beyond its lease`,
  ).toEqual([]);
}

function whatWasLentIsBack({ shown }: Over): void {
  for (const { episode, before, after } of shown) {
    // What helps by staying is judged by its own scenarios.
    if (JSON.stringify(before) !== JSON.stringify(episode.healed)) continue;
    expect(after, `promise 3: what ${episode.runbook.id} lends is back`).toEqual(before);
  }
}

async function targetsAreFree({ incident: { plan } }: Read, { world, clock }: AnyStack): Promise<void> {
  for (const target of plan ? actionsOf(plan).flatMap(({ touches }) => touches) : []) {
    const lock = await world.ledger.lock([target], "somebody-else", clock.now() + 1);
    expect(lock, `promise 4: ${target} is free again`).toEqual({ granted: true });
    await world.ledger.release([target], "somebody-else");
  }
}

const told = ({ story }: Read, first: string) => story.find(({ key }) => key.startsWith(`${first} `))?.at;

/** From when on it may have changed something until it was over. */
const span = (one: Read) => ({ from: told(one, "plan"), to: told(one, "outcome") ?? Infinity });

function oneIncidentAtATime(all: readonly Read[]): void {
  for (const [index, a] of all.entries()) {
    for (const b of all.slice(index + 1)) {
      const { openedAt: ofA, root: rootA } = a.incident;
      const { openedAt: ofB, root: rootB } = b.incident;
      if (rootA === rootB) {
        const [first, second] = ofA <= ofB ? [a, b] : [b, a];
        expect(span(first).to, `promise 4: one incident of ${rootA} at a time`).toBeLessThanOrEqual(
          second.incident.openedAt,
        );
      }
      const [x, y] = [span(a), span(b)];
      if (x.from === undefined || y.from === undefined || x.from >= y.to || y.from >= x.to) continue;
      const touched = new Set(changedBy(a));
      expect(
        changedBy(b).filter((target) => touched.has(target)),
        "promise 4: one target has one remediation at a time",
      ).toEqual([]);
    }
  }
}

const changedBy = ({ incident: { plan }, entries }: Read): string[] => {
  const steps = new Set(entries.filter(({ state }) => state !== "not-done").map(({ step }) => step));
  return (plan?.steps ?? []).flatMap((step, at) => (step.kind === "action" && steps.has(at) ? step.touches : []));
};

function stopMeantStop({ halted, sent, s }: Over): void {
  if (!halted) return;
  const mutating = new Set(s.sim.calls.filter((call) => call.mutating).map(({ operation }) => operation));
  expect(
    sent.filter(({ at, command }) => mutating.has(command) && at > halted.from && at < halted.to),
    "promise 5: while everything was halted nothing was changed",
  ).toEqual([]);
}

function nothingIsSilent({ incident, story }: Read): void {
  expect(incident.phase.state, `promise 6: ${incident.title} has an end`).toBe("closed");
  expect(brokenLine(story), "promise 6: the story is whole").toBeUndefined();
  expect(
    story.some(({ key }) => key.startsWith("outcome ")),
    "promise 6: the story says how it ended",
  ).toBe(true);
}

function limitsHeld(all: readonly Read[], { world: { settings, runbooks } }: AnyStack): void {
  const ran = all
    .flatMap((one) => {
      const { from: at } = span(one);
      const { id, runbook, partOf: whole = id } = one.incident;
      return at === undefined ? [] : [{ at, runbook, whole, entries: one.entries }];
    })
    .toSorted((a, b) => a.at - b.at);
  for (const { at } of ran) {
    const within = (ms: number) => ran.filter((other) => other.at >= at && other.at < at + ms);
    const changes = within(3_600_000).reduce((sum, { entries }) => sum + entries.length, 0);
    expect(changes, "promise 7: changes within an hour").toBeLessThanOrEqual(settings.limits.changesPerHour);
    for (const { id, definition } of runbooks) {
      const ran = within(toMs(definition.limit.within)).filter(({ runbook }) => runbook === id);
      const runs = new Set(ran.map(({ whole }) => whole)).size;
      expect(runs, `promise 7: runs of ${id}`).toBeLessThanOrEqual(definition.limit.runs);
    }
  }
}

function awsWasNotFought({ s, sent }: Over): void {
  if (!s.sim.world.groups["gpu-workers"]?.capacityRebalance) return;
  expect(
    sent.filter(({ command }) => command === "LaunchInstances" || command === "DetachInstances"),
    "promise 10: Auto Scaling replaces its instances by itself",
  ).toEqual([]);
}
