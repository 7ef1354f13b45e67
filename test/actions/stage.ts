import { z } from "zod";
import { VirtualClock } from "../../sim/clock.ts";
import { act, type Acted } from "../../src/engine/act.ts";
import type { Entry } from "../../src/engine/journal.ts";
import { findAction, makePlan } from "../../src/engine/make-plan.ts";
import type { Steps } from "../../src/engine/steps.ts";
import { type Undone, undoAll } from "../../src/engine/undo.ts";
import type { ActionDefinition } from "../../src/runbook/action.ts";
import { actionsOf } from "../../src/runbook/plan.ts";
import { resource } from "../../src/runbook/resource.ts";
import { defineRunbook } from "../../src/runbook/runbook.ts";
import { stack } from "../support/stack.ts";
import type { ActionCase, Rehearsal } from "./action-case.ts";

/** A client waits five seconds for an answer; here it waits this many milliseconds of real time. */
const requestTimeoutMs = 40;

/** One planned action on the real engine, over the simulated world of its rehearsal. */
export interface Stage {
  readonly clock: VirtualClock;
  readonly close: () => void;
  readonly action: ActionDefinition;
  act(steps: Steps): Promise<Acted>;
  /** Takes back what the journal says, as whoever finds it there does. */
  undo(steps: Steps): Promise<Undone>;
  /** What the journal says of it; `undefined`: nothing was going to be changed. */
  entry(): Promise<Entry | undefined>;
  story(): Promise<readonly string[]>;
}

/** Plans the action, so that whatever is done to the world from now on comes between the plan and the change. */
export async function stageOf({ action }: ActionCase, rehearsal: Rehearsal): Promise<Stage> {
  const { clock } = rehearsal.sim;
  if (!(clock instanceof VirtualClock)) throw new Error(`${action.id} is rehearsed on a clock that nobody can move`);
  const runbook = defineRunbook({
    id: "rehearsal",
    summary: "Does one thing",
    on: [],
    lane: "slow",
    uses: [action],
    limit: { runs: 1, within: { hours: 1 } },
    plan: () => Promise.resolve([step]),
  });
  const definition = findAction(runbook, action.id);
  const { params, lease } = rehearsal;
  const step = {
    kind: "action" as const,
    action: action.id,
    params: z.json().parse(definition.params.parse(params)),
    ...(lease && { lease }),
  };
  const bot = stack({ on: { sim: rehearsal.sim, clock }, requestTimeoutMs });
  const { world } = bot;
  const { incident } = await world.incidents.report({
    root: resource.service("rehearsal"),
    runbook: runbook.id,
    trigger: "rehearsal",
    title: "a rehearsal",
    signal: {},
    beganAt: clock.now(),
  });
  const planned = await makePlan(world, runbook, incident);
  const found = planned.kind === "plan" ? actionsOf(planned.plan)[0] : undefined;
  if (!found) throw new Error(`${action.id} cannot be planned`);
  return {
    clock,
    action: definition,
    close: () => bot.close(),
    act: (steps) => act(world, steps, incident.id, definition, found, 0),
    undo: (steps) => undoAll(world, steps, runbook, incident.id, "undo"),
    entry: async () => (await world.journal.read(incident.id))[0],
    story: async () => (await world.stories.read(incident.id)).map(({ text }) => text),
  };
}
