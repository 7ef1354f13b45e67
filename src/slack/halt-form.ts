import type { ModalView } from "@slack/web-api";
import type { Halt } from "../aws/switches.ts";
import { scopesOf } from "../engine/gates.ts";
import { inWords } from "../engine/in-words.ts";
import { botStory, type HaltWish } from "../engine/halting.ts";
import type { Incident } from "../incidents/incident.ts";
import { section } from "./blocks.ts";
import { choice, form, whyInput } from "./forms.ts";
import { limits } from "./limits.ts";
import type { Submission } from "./submission.ts";
import { foreign } from "./text.ts";

/** What stands for a halt without a scope, in forms and commands. */
export const everything = "everything";

/** From what is over soon to a working day; the first choice never ends by itself. */
const lengths = [15, 30, 60, 120, 240, 480];

/** Stops what one incident is about, its runbook, or everything; without an incident, everything. */
export function haltForm(incident?: Incident): ModalView {
  // A resource with a longer name than Slack carries in a choice can be halted by command.
  const scopes = (incident ? scopesOf(incident) : []).filter((scope) => scope.length <= limits.optionValue);
  return form("halt", {
    title: "Halt",
    submit: "Halt",
    about: { id: incident?.id ?? botStory },
    blocks: [
      section("The bot changes nothing of what is halted, from its next step on. What is under way waits."),
      choice(
        "scope",
        "What?",
        [...new Set([...scopes, everything])].map((scope) => ({ label: scope, value: scope })),
        { isNeeded: true },
      ),
      choice(
        "length",
        "For how long?",
        lengths.map((minutes) => ({ label: inWords({ minutes }), value: String(minutes) })),
        { hint: "Nothing chosen: until somebody resumes." },
      ),
      whyInput("Why?"),
    ],
  });
}

/** What was chosen; `undefined` when no scope was. */
export function readHaltWish({ values }: Submission): HaltWish | undefined {
  const [scope] = values["scope"] ?? [];
  const minutes = Number(values["length"]?.[0]);
  if (scope === undefined) return undefined;
  return {
    ...(scope !== everything && { scope }),
    ...(lengths.includes(minutes) && { for: { minutes } }),
    why: values["why"]?.[0] ?? "no reason given",
  };
}

/** Ends a halt: which of those in force. */
export const resumeForm = (halts: readonly Halt[], id: string): ModalView =>
  form("resume", {
    title: "Resume",
    submit: "Resume",
    about: { id },
    blocks: [
      section(
        halts
          .slice(0, 10)
          .map(({ scope = everything, by, why }) => `• ${foreign(`${scope}, by ${by}: ${why}`, 280)}`)
          .join("\n"),
      ),
      choice(
        "scope",
        "What goes on?",
        [...halts.map(({ scope = everything }) => scope), ...(halts.length > 1 ? ["all"] : [])]
          .filter((scope) => scope.length <= limits.optionValue)
          .map((scope) => ({ label: scope, value: scope })),
        { isNeeded: true },
      ),
    ],
  });
