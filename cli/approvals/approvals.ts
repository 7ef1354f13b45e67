import { lookOver } from "../../src/engine/overview.ts";
import { actionsOf, type StoredPlan, touchedBy, usdPerHourOf } from "../../src/runbook/plan.ts";
import { columns, moment } from "../columns.ts";
import { exits } from "../command.ts";
import type { BotCommand } from "./bot.ts";

/** Lists the questions that wait for somebody, the most urgent first. */
export const approvals: BotCommand = {
  name: "approvals",
  help: `paramedic approvals: what waits for a decision, the most urgent first

Usage
  paramedic approvals [--stage NAME] [--json]

Examples
  paramedic approvals
  paramedic approvals --json | jq -r '.approvals[].id'
`,
  async run({ world, json, io }) {
    const { questions } = await lookOver(world);
    const rows = questions.map(({ incident: { id: incident, runbook, title, plan }, approval }) => ({
      id: approval.id,
      incident,
      runbook,
      title,
      until: new Date(approval.until).toISOString(),
      silence: approval.silence,
      missing: approval.needs - approval.assents.length,
      ...summed(plan),
    }));
    if (json) io.out(`${JSON.stringify({ approvals: rows }, null, 2)}\n`);
    else if (rows.length === 0) io.out("Nothing waits for a decision.\n");
    else {
      const cells = rows.map(({ id, incident, until, missing, cost, title, does }) => [
        id,
        incident,
        moment(Date.parse(until)),
        String(missing),
        cost,
        `${title}: ${does.join("; ")}`,
      ]);
      io.out(columns(["id", "incident", "until (UTC)", "needs", "cost", "what"], cells));
    }
    return exits.ok;
  },
};

function summed(plan: StoredPlan | undefined) {
  const usd = plan ? usdPerHourOf(plan) : 0;
  return {
    does: plan ? actionsOf(plan).map(({ does }) => does) : [],
    touches: plan ? touchedBy(plan) : [],
    cost: usd === undefined ? "unknown" : usd === 0 ? "none" : `$${usd.toFixed(2)}/h`,
  };
}
