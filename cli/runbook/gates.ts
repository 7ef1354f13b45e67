import { haltGate, openingGates, scopesOf } from "../../src/engine/gates.ts";
import { inWords } from "../../src/engine/in-words.ts";
import { type StoredPlan, usdPerHourOf } from "../../src/runbook/plan.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";
import { configuredAutonomy, type Settings } from "../../src/settings.ts";
import type { Story } from "../replay/bot.ts";
import type { Estate } from "../replay/estate.ts";
import { approversOf } from "../replay/rehearse.ts";
import { limitInWords } from "./list.ts";

/** One of the gates that a plan has to pass, in their order, and what it says. */
export interface GateSeen {
  readonly gate: "halt" | "maintenance" | "deadline" | "limit" | "price" | "approval";
  readonly says: string;
}

/** What stands between the runbook and its plan, as it is in this estate with these settings. */
export async function gatesOf(
  { id, definition }: Runbook,
  { incident, plan }: Story,
  estate: Estate,
  settings: Settings,
): Promise<GateSeen[]> {
  const about = scopesOf(incident);
  const [halt, opening] = await Promise.all([haltGate(estate, about), openingGates(estate, about)]);
  const isClosed = !opening.open && opening.by === "maintenance";
  const calendars = settings.calendars.length > 0 ? "open for changes" : "no calendar in the settings";
  const { deadlineAt, beganAt } = incident;
  const fleet = plan?.fleet ? ` (${plan.fleet.scope} has ${plan.fleet.size})` : "";
  return [
    { gate: "halt", says: halt.open ? "nobody has halted the bot" : halt.why },
    { gate: "maintenance", says: isClosed ? opening.why : calendars },
    {
      gate: "deadline",
      says: deadlineAt === undefined ? "none" : `${inWords({ seconds: (deadlineAt - beganAt) / 1000 })} from the event`,
    },
    { gate: "limit", says: `${limitInWords(definition.limit)}${fleet}; what ran before is not known here` },
    { gate: "price", says: price(plan, settings) },
    { gate: "approval", says: approval(settings, id, incident.service) },
  ];
}

function price(plan: StoredPlan | undefined, { limits }: Settings): string {
  const added = plan ? usdPerHourOf(plan) : 0;
  const adds = added === undefined ? "nobody knows what it adds" : `it adds ${added.toFixed(2)} USD an hour`;
  return `${adds}; all changes that stand may add ${limits.usdPerHour}`;
}

function approval(settings: Settings, id: string, service: string | undefined): string {
  const rung = configuredAutonomy(settings, id, service);
  const who = approversOf(settings, id).join(" or ") || "nobody";
  switch (rung) {
    case "observe":
      return settings.autonomy[id] === undefined ? "not named in autonomy, so it observes" : "observe";
    case "propose":
      return "propose: people are shown the plan, and carry it out themselves";
    case "approve":
      return `approve: ${who} may decide within ${inWords({ minutes: settings.approvalMinutes })}`;
    case "veto":
      return `veto: it goes ahead unless somebody objects within ${inWords({ minutes: settings.vetoMinutes })}`;
    case "auto":
      return "auto: nobody is asked";
  }
}
