import type { Approval } from "../engine/approvals.ts";
import type { World } from "../engine/world.ts";
import { buttons } from "./card.ts";
import type { Click } from "./click.ts";

/** What to answer the one who clicked and, if the click decided nothing, the question it was about. */
export interface Answer {
  readonly text: string;
  readonly refused?: Approval;
}

/** How long an answer may wait for a look at the stop switch: it is a courtesy, the gates of the engine are what holds. */
const haltLookMs = 1_000;

/**
 * Takes the decision that a click asks for, wakes the remediation that waits for it, and says what came of it.
 *
 * Every click gets an answer, and nothing is thrown. A click on a question that has been answered wakes again: the wake
 * after the first click may have been lost, and waking twice does nothing.
 */
export async function decide(world: World, { button, value, who }: Click): Promise<Answer> {
  const verdict = button === buttons.approve ? "approved" : button === buttons.deny ? "denied" : undefined;
  if (!verdict) return { text: "This button is from another version of the bot. Nothing was done." };
  const facts = { approval: value, verdict, by: who.id, team: who.team };
  const halted = verdict === "approved" ? haltNote(world) : "";
  try {
    const decided = await world.approvals.decide(value, verdict, who);
    const about = decided.approval;
    const { decision } = about ?? {};
    world.log("info", `decision ${decided.kind}`, {
      ...facts,
      ...(decided.kind === "refused" && { why: decided.why }),
    });
    const woken = !about || !decision || (await wake(world, about));
    // The same person saying the same again, by a second click or a repeated delivery, has decided all the same.
    const said = decided.kind === "decided" || (decision?.by === who.id && decision.verdict === verdict);
    const text =
      !said && decided.kind === "refused"
        ? decided.why
        : verdict === "approved"
          ? `Approved.${await halted}`
          : "Denied. Nothing will be done.";
    return {
      text: woken ? text : `${text} It is recorded, but the remediation could not be woken: press again.`,
      ...(decided.kind === "refused" && about && { refused: about }),
    };
  } catch (error) {
    world.log("error", "a decision could not be recorded", { ...facts, error: String(error) });
    return { text: "Could not record your decision; nothing was done. Try again, or use the CLI." };
  }
}

async function wake(world: World, { callbackId, incident }: Approval): Promise<boolean> {
  try {
    await world.executions.wake(callbackId);
    return true;
  } catch (error) {
    world.log("error", "the remediation could not be woken", { incident, error: String(error) });
    return false;
  }
}

/** Tells an approver that the bot stands still, if that is known in time. */
async function haltNote(world: World): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((done) => (timer = setTimeout(() => done(undefined), haltLookMs)));
  try {
    const halt = await Promise.race([world.halted(), late]);
    return halt ? ` But the bot was halted by ${halt.by} (${halt.why}): nothing will be done.` : "";
  } catch (error) {
    world.log("warn", "the stop switch could not be read", { error: String(error) });
    return "";
  } finally {
    clearTimeout(timer);
  }
}
