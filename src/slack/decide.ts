import type { Approval } from "../engine/approvals.ts";
import { type Clicker, signedBy } from "../engine/people.ts";
import type { Narrowing } from "../engine/narrowing.ts";
import { tell } from "../engine/tell.ts";
import type { World } from "../engine/world.ts";

/** What a person says to a question. */
export interface Verdict {
  /** The question, by its id. */
  readonly id: string;
  readonly verdict: "approved" | "denied";
  readonly who: Clicker;
  readonly why?: string;
  readonly narrowing?: Narrowing;
}

/** What to answer the one who decided. */
export interface Answer {
  readonly text: string;
  /** It decided nothing, and this is what it was about. */
  readonly refused?: Approval;
  /** It counts, but others have to say the same before anything happens: nobody else will show that. */
  readonly assented?: Approval;
}

/** How long an answer may wait for a look at the stop switch: it is a courtesy, the gates of the engine are what holds. */
const haltLookMs = 1_000;

/**
 * Takes a decision, wakes the remediation that waits for it, and says what came of it.
 *
 * Every decision gets an answer, and nothing is thrown. One on a question that has been answered wakes again: the wake
 * after the first may have been lost, and waking twice does nothing.
 */
export async function decide(world: World, { id, verdict, who, why, narrowing }: Verdict): Promise<Answer> {
  const facts = { approval: id, verdict, by: who.id, team: who.team };
  const halted = verdict === "approved" ? haltNote(world) : "";
  try {
    const more = { ...(why !== undefined && { why }), ...(narrowing && { narrowing }) };
    const decided = await world.approvals.decide(id, verdict, who, more);
    const about = decided.approval;
    const { decision } = about ?? {};
    world.log("info", `decision ${decided.kind}`, {
      ...facts,
      ...(decided.kind === "refused" && { why: decided.why }),
    });
    if (decided.kind === "decided" && decided.missing > 0) {
      await tellAssent(world, decided.approval, decided.by, who);
      const others = decided.missing === 1 ? "one more person has" : `${decided.missing} more people have`;
      return { text: `Approved by you; ${others} to approve it before anything happens.`, assented: decided.approval };
    }
    const woken = !about || !decision || (await wake(world, about));
    // The same person saying the same again, by a second click or a repeated delivery, has decided all the same.
    const said = decided.kind === "decided" || (decision?.by === who.id && decision.verdict === verdict);
    const yes = decision?.narrowing ? "Approved in part." : "Approved.";
    const text =
      !said && decided.kind === "refused"
        ? decided.why
        : verdict === "approved"
          ? `${yes}${await halted}`
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

/** The first of two approvals belongs into the story too, although nothing happens yet. It counts whatever the story says. */
async function tellAssent(world: World, { id, incident }: Approval, name: string, who: Clicker): Promise<void> {
  try {
    await tell(world, incident, `assent ${id} ${who.id}`, `${name} approved; it takes more than one.`, signedBy(who));
  } catch (error) {
    world.log("error", "an approval could not be told", { incident, by: who.id, error: String(error) });
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
    const halts = await Promise.race([world.halts(), late]);
    const halt = halts?.find(({ scope }) => scope === undefined);
    return halt ? ` But the bot was halted by ${halt.by} (${halt.why}): nothing will be done.` : "";
  } catch (error) {
    world.log("warn", "the stop switch could not be read", { error: String(error) });
    return "";
  } finally {
    clearTimeout(timer);
  }
}
