import { foreign, moment } from "./text.ts";
import type { View } from "./view.ts";

/** Where an incident stands, in a sentence or two. */
export function stateInWords(view: View): string {
  const { phase } = view.incident;
  switch (phase.state) {
    case "open":
      return "*Found.* The remediation has not begun.";
    case "planning":
      return "*Planning.* Looking at what can be done.";
    case "waiting":
      return waitingInWords(view, phase.until);
    case "acting":
      return `*Acting.*${wishInWords(view)}`;
    case "halted":
      return `*Halted.* ${foreign(phase.why, 600)}`;
    case "holding":
      return `*Holding.* It helped; what was changed is given back ${moment(phase.until)}.${wishInWords(view)}`;
    case "undoing":
      return `*Undoing.* ${foreign(phase.why, 600)}`;
    case "closed":
      return `*Closed: ${phase.outcome}* ${moment(phase.at)}: ${foreign(phase.why, 600)}${wishInWords(view)}`;
  }
}

/** Somebody wants everything back, and it has not been taken back yet. */
function wishInWords({ incident: { undo, phase } }: View): string {
  if (!undo || (phase.state === "closed" && phase.outcome === "undone")) return "";
  return ` ${foreign(undo.name, 80)} wants it back: ${foreign(undo.why, 300)}`;
}

function waitingInWords({ approval, now }: View, until: number): string {
  if (approval?.decision) {
    const { verdict, name, at, narrowing, why } = approval.decision;
    const next = verdict === "approved" ? "Checking again, then acting." : "Nothing will be done.";
    const how = verdict === "denied" ? "Denied" : narrowing ? "Approved in part" : "Approved";
    const because = why === undefined ? "" : ` (${foreign(why, 300)})`;
    return `*${how}* by ${foreign(name, 80)} ${moment(at)}${because}. ${next}`;
  }
  if (approval?.withdrawn) return "*Withdrawn.* The situation has changed; a new plan is being made.";
  if (now >= until) return "*Too late to decide.* Nobody decided in time.";
  if (approval?.silence === "goes") return `*About to act* ${moment(until)}, unless somebody objects.`;
  const { assents = [], needs = 1 } = approval ?? {};
  const missing = needs - assents.length;
  const who = needs > 1 ? ` *${needs} people have to approve.*` : "";
  const said =
    assents.length === 0
      ? ""
      : ` ${assents.map(({ name }) => foreign(name, 80)).join(" and ")} approved; ${missing === 1 ? "one more has" : `${missing} more have`} to.`;
  return `*Waiting for a decision* until ${moment(until)}.${who}${said} If nobody decides, nothing is done.`;
}
