import type { Clicker } from "../engine/people.ts";
import { halt, resume } from "../engine/halting.ts";
import { narrowPlan } from "../engine/narrow.ts";
import { requestUndo } from "../engine/undo-request.ts";
import type { World } from "../engine/world.ts";
import { pricesOf } from "../prices.ts";
import { type Answer, decide } from "./decide.ts";
import { forms } from "./forms.ts";
import { readHaltWish } from "./halt-form.ts";
import type { Announcement } from "./notices.ts";
import { readNarrowing } from "./override-form.ts";
import type { Submission } from "./submission.ts";

/** What came of a form: it is done, or it stays open and says, at one of its fields, what is wrong. */
export type Taken =
  | { readonly kind: "taken"; readonly answer: Answer; readonly shows?: string; readonly announces?: Announcement }
  | { readonly kind: "wrong"; readonly errors: Readonly<Record<string, string>> };

const taken = (text: string, more: { shows?: string; announces?: Announcement } = {}): Taken => ({
  kind: "taken",
  answer: { text },
  ...more,
});
const wrong = (field: string, why: string): Taken => ({ kind: "wrong", errors: { [field]: why } });

/** Does what a form asks for. Every form is answered; never throws. */
export async function takeForm(world: World, submission: Submission): Promise<Taken> {
  try {
    return await take(world, submission);
  } catch (error) {
    world.log("error", "a form could not be taken", { form: submission.form, error: String(error) });
    return taken("That could not be done just now; nothing was done. Try again, or use the CLI.");
  }
}

async function take(world: World, submission: Submission): Promise<Taken> {
  const { form, about, who, values } = submission;
  const [why] = values["why"] ?? [];
  switch (form) {
    case forms.deny: {
      const verdict = { id: about.id, verdict: "denied", who, ...(why !== undefined && { why }) } as const;
      return { kind: "taken", answer: await decide(world, verdict) };
    }
    case forms.override:
      return await override(world, submission, why);
    case forms.undo: {
      if (why === undefined) return wrong("why", "Say why: it goes into the story.");
      const asked = await requestUndo(world, about.id, who, why);
      return taken(asked.why, asked.kind === "taken" ? { shows: about.id } : {});
    }
    case forms.halt: {
      const wish = readHaltWish(submission);
      return wish ? said(await halt(world, who, wish), who) : wrong("scope", "Say what is to be halted.");
    }
    case forms.resume: {
      const [scope] = values["scope"] ?? [];
      return scope === undefined ? wrong("scope", "Say what goes on.") : said(await resume(world, who, scope), who);
    }
    default:
      return taken("This form is from another version of the bot. Nothing was done.");
  }
}

const said = ({ kind, why }: Awaited<ReturnType<typeof halt>>, { id }: Clicker): Taken =>
  taken(why, kind === "done" ? { announces: { who: id, said: why } } : {});

/** Approves a part of the plan that was shown. Checked before anything is recorded: a wish that cannot be followed is no decision. */
async function override(world: World, submission: Submission, why: string | undefined): Promise<Taken> {
  const { about, who } = submission;
  const approval = await world.approvals.get(about.id);
  const runbook = world.runbooks.find(({ id }) => id === approval?.runbook);
  const { plan } = approval ? await world.incidents.get(approval.incident) : {};
  if (approval && !approval.decision && runbook && plan) {
    if (plan.hash !== approval.planHash)
      return taken("The plan has changed since. A new one was proposed in its place.");
    const narrowing = readNarrowing(submission, plan);
    if (!narrowing) return taken("The plan has changed since. A new one was proposed in its place.");
    const less = narrowPlan(runbook, plan, narrowing, pricesOf(world.settings.prices));
    if (less.kind === "refused") return wrong("why", less.why);
    const verdict = { id: about.id, verdict: "approved", who, narrowing, ...(why !== undefined && { why }) } as const;
    return { kind: "taken", answer: await decide(world, verdict) };
  }
  // Unknown or decided: the refusal says which.
  return { kind: "taken", answer: await decide(world, { id: about.id, verdict: "approved", who }) };
}
