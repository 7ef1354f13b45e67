import type { ModalView } from "@slack/web-api";
import type { Approval } from "../engine/approvals.ts";
import { toMs } from "../clock.ts";
import { isClosed } from "../incidents/incident.ts";
import { approverNamed, mayDecide } from "../engine/people.ts";
import type { World } from "../engine/world.ts";
import { buttons } from "./buttons.ts";
import type { Click } from "./click.ts";
import { type Answer, decide } from "./decide.ts";
import { denyForm, undoForm } from "./forms.ts";
import { haltForm, resumeForm } from "./halt-form.ts";
import { wholeBot } from "./home.ts";
import { overrideForm } from "./override-form.ts";

/** What a click leads to: an answer, a form to be filled in, or a reminder. */
export type Reaction =
  | ({ readonly kind: "answer" } & Answer)
  /** `unopened`: what to do when Slack does not open the form. */
  | { readonly kind: "form"; readonly view: ModalView; readonly unopened: () => Promise<Answer> }
  | { readonly kind: "remind"; readonly at: number };

const answer = (text: string): Reaction => ({ kind: "answer", text });
const unopened = (instead: string) => () =>
  Promise.resolve({ text: `Slack did not open the form in time. Press again, or type ${instead}.` });

/** What the bot does about a button. Nothing is decided by a click that opens a form. Never throws. */
export async function react(world: World, click: Click): Promise<Reaction> {
  try {
    return await reactTo(world, click);
  } catch (error) {
    world.log("error", "a click could not be answered", { button: click.button, error: String(error) });
    return answer("That could not be done just now; nothing was done. Try again, or use the CLI.");
  }
}

async function reactTo(world: World, { button, value, who }: Click): Promise<Reaction> {
  switch (button) {
    case buttons.approve:
      return { kind: "answer", ...(await decide(world, { id: value, verdict: "approved", who })) };
    case buttons.deny: {
      const no = () => decide(world, { id: value, verdict: "denied", who });
      const open = await openQuestion(world, { value, who });
      if (!open) return { kind: "answer", ...(await no()) };
      // A no without a reason is still a no.
      return { kind: "form", view: denyForm({ id: value }, open.incident.title), unopened: no };
    }
    case buttons.override: {
      const open = await openQuestion(world, { value, who });
      // What is over stays over, so this cannot approve anything: it says why.
      if (!open) return { kind: "answer", ...(await decide(world, { id: value, verdict: "approved", who })) };
      const runbook = world.runbooks.find(({ id }) => id === open.approval.runbook);
      const { plan } = open.incident;
      if (!runbook || plan?.hash !== open.approval.planHash) return answer("The plan is not there any more.");
      const view = overrideForm(runbook, plan, { id: value });
      return { kind: "form", view, unopened: unopened(`\`/paramedic plan ${open.incident.id}\` to read the plan`) };
    }
    case buttons.snooze: {
      const open = await openQuestion(world, { value, who });
      if (!open) return { kind: "answer", ...(await decide(world, { id: value, verdict: "denied", who })) };
      const now = world.clock.now();
      const at = Math.min(now + snoozeMs, open.approval.until - beforeEndMs);
      return at - now < leastMs ? answer("There is no time left to put it off: decide now.") : { kind: "remind", at };
    }
    case buttons.undo: {
      const incident = await world.incidents.get(value);
      const may = mayDecide(world.settings, who, incident);
      if (may.kind === "refused") return answer(may.why);
      return { kind: "form", view: undoForm({ id: value }, incident.title), unopened: unopened("`paramedic undo`") };
    }
    case buttons.halt: {
      const may = approverNamed(world.settings, who);
      if (may.kind === "refused") return answer(may.why);
      if (value === wholeBot) return { kind: "form", view: haltForm(), unopened: unopened("`/paramedic halt`") };
      const incident = await world.incidents.get(value);
      if (isClosed(incident)) return answer("It is over: there is nothing to halt.");
      const by = `\`/paramedic halt runbook/${incident.runbook}\``;
      return { kind: "form", view: haltForm(incident), unopened: unopened(by) };
    }
    case buttons.resume: {
      const halts = await world.halts();
      if (halts.length === 0) return answer("Nothing is halted any more.");
      return { kind: "form", view: resumeForm(halts, value), unopened: unopened("`/paramedic resume`") };
    }
    default:
      return answer("This button is from another version of the bot. Nothing was done.");
  }
}

/** Long enough to look into it, and never so long that too little time is left to decide. */
const snoozeMs = toMs({ minutes: 10 });
const beforeEndMs = toMs({ minutes: 3 });
const leastMs = toMs({ minutes: 1 });

/**
 * The question behind a button, if this person can still decide it. Otherwise it never can be decided by them again: no
 * question that is over is opened anew, so that whoever decides it now is refused with the reason.
 */
async function openQuestion(world: World, { value, who }: Pick<Click, "value" | "who">) {
  const approval = await world.approvals.get(value);
  if (!approval || !isOpenTo(world, approval, who)) return undefined;
  return { approval, incident: await world.incidents.get(approval.incident) };
}

function isOpenTo({ settings, clock }: World, approval: Approval, who: Click["who"]): boolean {
  const { decision, withdrawn, until, assents, requestedBy } = approval;
  const isOpen = !decision && !withdrawn && clock.now() < until;
  const hasSaid = requestedBy === who.id || assents.some(({ by }) => by === who.id);
  return isOpen && !hasSaid && mayDecide(settings, who, approval).kind === "may";
}
