import type { Incident } from "../../src/incidents/incident.ts";
import type { Line } from "../../src/incidents/story.ts";
import { findIncident } from "../../src/slack/find-incident.ts";
import { columns, moment } from "../columns.ts";
import { exits } from "../command.ts";
import { type BotCommand, say } from "./bot.ts";

/** Lists the latest incidents. */
export const incidents: BotCommand = {
  name: "incidents",
  help: `paramedic incidents: the latest incidents, newest first, and how they ended

Usage
  paramedic incidents [--stage NAME] [--json]

Examples
  paramedic incidents
  paramedic incidents --json | jq '.incidents[] | select(.outcome == "escalated")'
`,
  async run({ world, json, io }) {
    const found = (await world.incidents.recent(50)).map((incident) => ({
      id: incident.id,
      openedAt: new Date(incident.openedAt).toISOString(),
      runbook: incident.runbook,
      root: incident.root,
      title: incident.title,
      state: incident.phase.state,
      ...(incident.phase.state === "closed" && { outcome: incident.phase.outcome, why: incident.phase.why }),
    }));
    if (json) io.out(`${JSON.stringify({ incidents: found }, null, 2)}\n`);
    else if (found.length === 0) io.out("There has been no incident yet.\n");
    else {
      const rows = found.map(({ id, openedAt, runbook, state, outcome, title }) => [
        id,
        moment(Date.parse(openedAt)),
        runbook,
        outcome ?? state,
        title,
      ]);
      io.out(columns(["id", "opened (UTC)", "runbook", "state", "what"], rows));
    }
    return exits.ok;
  },
};

/** Tells all there is to know about one. */
export const explain: BotCommand = {
  name: "explain",
  help: `paramedic explain: one incident, why it was one, what was done, and its whole story

Usage
  paramedic explain [INCIDENT|last] [--stage NAME] [--json]

INCIDENT is an id or the beginning of one, or what it is about, such as service/chat or chat.

Examples
  paramedic explain
  paramedic explain chat --json
`,
  async run(asked) {
    const { world, words, json, io } = asked;
    const found = await findIncident(world, words.join(" ") || "last");
    if (found.kind === "none") return say(asked, { kind: "refused", why: found.why });
    const story = await world.stories.read(found.incident.id);
    io.out(json ? `${JSON.stringify({ incident: found.incident, story }, null, 2)}\n` : told(found.incident, story));
    return exits.ok;
  },
};

function told(incident: Incident, story: readonly Line[]): string {
  const { id, title, runbook, autonomy, root, trigger, seen, beganAt, decision, partOf, plan, phase } = incident;
  const state = phase.state === "closed" ? `${phase.outcome}: ${phase.why}` : phase.state;
  const facts = [
    ["id", id],
    ["state", state],
    ["runbook", `${runbook}${autonomy ? ` (${autonomy})` : ""}`],
    ["about", root],
    ["signal", `${trigger}, seen ${seen === 1 ? "once" : `${seen} times`}`],
    ["began", `${moment(beganAt)} UTC`],
    ...(partOf === undefined ? [] : [["part of", partOf]]),
    ...(decision === undefined ? [] : [["decision", decision]]),
  ];
  const steps = (plan?.steps ?? []).map((step, at) =>
    step.kind === "action" ? `  ${at + 1}. ${step.does} (${step.undo})` : `  ${at + 1}. ${step.kind}`,
  );
  const lines = story.map(({ at, who, text }) => `  ${moment(at)}  ${who === "bot" ? "" : `${who}: `}${text}`);
  return [
    title,
    ...facts.map(([name = "", value = ""]) => `  ${name.padEnd(8)}  ${value}`),
    ...(steps.length > 0 ? ["", "Plan", ...steps] : []),
    ...(lines.length > 0 ? ["", "Story (UTC)", ...lines] : []),
    "",
  ].join("\n");
}
