import { toMs } from "../clock.ts";
import { readFailure } from "../aws/failure.ts";
import type { ActionDefinition } from "../runbook/action.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { findAction } from "./make-plan.ts";
import { type Gate, haltGate, scopesOf } from "./gates.ts";
import { type Entry, standing } from "./journal.ts";
import type { Steps } from "./steps.ts";
import { tell } from "./tell.ts";
import { untilOpen } from "./until-open.ts";
import type { World } from "./world.ts";

/**
 * `undo`: everything goes back. `keep`: what was done stays, only what is unknown is settled. `leases`: only what was lent
 * goes back, the rest is not looked at. What was lent goes back in every case: its time is said, and nothing stays for ever.
 */
export type How = "undo" | "keep" | "leases";

/** What became of the changes of an incident, in words, by how they ended. */
export interface Undone {
  /** As it was before, or in need of no undo. */
  readonly undone: readonly string[];
  /** Stays on purpose. */
  readonly kept: readonly string[];
  /** People have to look. */
  readonly stuck: readonly string[];
}

/** An undo is tried again for about four minutes; what does not go by then needs a person. */
const attemptsMax = 6;
const firstPause = { seconds: 8 };

/**
 * Takes back what an incident changed, the last change first, from the journal: it does not matter who made the changes.
 *
 * What has an unknown outcome is looked up first. One change that cannot be taken back does not keep the others from
 * being taken back.
 */
export async function undoAll(
  world: World,
  steps: Steps,
  runbook: Runbook,
  incident: string,
  how: How,
): Promise<Undone> {
  const entries = await steps.atLeastOnce("what stands", async () => standing(await world.journal.read(incident)));
  const all = { undone: [] as string[], kept: [] as string[], stuck: [] as string[] };
  for (const entry of entries) {
    if (how === "leases" && entry.leaseUntil === undefined) continue;
    const keeps = how === "keep" && entry.leaseUntil === undefined;
    const ended = await undoOne(world, steps, runbook, incident, entry, keeps);
    if (ended.kind === "stuck") all.stuck.push(ended.why);
    else if (ended.kind !== "not-done") all[ended.kind].push(entry.does);
  }
  return all;
}

const gateOf = async (world: World, incident: string): Promise<Gate> =>
  haltGate(world, scopesOf(await world.incidents.get(incident)));

type One = { readonly kind: "undone" | "kept" | "not-done" } | { readonly kind: "stuck"; readonly why: string };

type OneTry = Exclude<One, { kind: "stuck" }> | { readonly kind: "halted" | "again"; readonly why: string };

async function undoOne(
  world: World,
  steps: Steps,
  runbook: Runbook,
  incident: string,
  entry: Entry,
  keeps: boolean,
): Promise<One> {
  const action = findAction(runbook, entry.action);
  for (let turn = 1, failures = 0; ; turn++) {
    const ended = await steps.atLeastOnce(`undo ${entry.step} ${entry.action} #${turn}`, () =>
      tryToUndo(world, action, incident, entry, keeps),
    );
    switch (ended.kind) {
      case "undone":
      case "kept":
      case "not-done":
        return ended;
      case "halted":
        // Stop means stop, for the way back too: it goes on when people resume.
        if (!(await untilOpen(steps, `undo ${entry.step} halted ${turn}`, () => gateOf(world, incident)))) {
          return { kind: "stuck", why: `${entry.does}: not undone, ${ended.why}` };
        }
        break;
      case "again":
        failures += 1;
        if (failures === attemptsMax) {
          await steps.atLeastOnce(`undo ${entry.step} given up`, async () => {
            await world.journal.settle(incident, entry.step, { state: "undo-failed" });
            await tell(world, incident, `undo failed ${entry.step}`, `Could not undo: ${entry.does}: ${ended.why}`);
          });
          return { kind: "stuck", why: `${entry.does}: could not be undone: ${ended.why}` };
        }
        await steps.sleep(`undo ${entry.step} pause ${turn}`, toMs(firstPause) * 2 ** (failures - 1));
    }
  }
}

/** Looks, and takes one change back. Bears repeating: what an earlier, interrupted try has settled is not done again. */
async function tryToUndo(
  world: World,
  action: ActionDefinition,
  incident: string,
  entry: Entry,
  keeps: boolean,
): Promise<OneTry> {
  const [gate, entries] = await Promise.all([gateOf(world, incident), world.journal.read(incident)]);
  const state = entries.find(({ step }) => step === entry.step)?.state;
  if (state === "undone" || state === "not-done") return { kind: state };
  if (state === "kept") return { kind: keeps ? "kept" : "undone" };
  if (!gate.open) return { kind: "halted", why: gate.why };
  const about = { params: entry.params, before: entry.before, key: entry.key };
  try {
    let out = entry.out;
    if (entry.state === "intended") {
      const found = await action.probe({ ...about, aws: world.reading });
      if (!found.applied) {
        await world.journal.settle(incident, entry.step, { state: "not-done" });
        await tell(world, incident, `not done ${entry.step}`, `Looked up: ${entry.does}: this did not happen.`);
        return { kind: "not-done" };
      }
      out = found.out;
    }
    if (keeps || typeof action.undo !== "function") {
      const why = typeof action.undo === "function" ? "it stays on purpose" : action.undo.nothing;
      await world.journal.settle(incident, entry.step, { state: "kept", out });
      await tell(world, incident, `kept ${entry.step}`, `Kept: ${entry.does} (${why}).`);
      return { kind: keeps ? "kept" : "undone" };
    }
    await action.undo({ ...about, aws: world.acting, out, now: world.clock.now() });
    await world.journal.settle(incident, entry.step, { state: "undone" });
    await tell(world, incident, `undone ${entry.step}`, `Undone: ${entry.does}.`);
    return { kind: "undone" };
  } catch (error) {
    return { kind: "again", why: readFailure(error).why };
  }
}
