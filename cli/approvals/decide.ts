import { decide } from "../../src/slack/decide.ts";
import { findIncident } from "../../src/slack/find-incident.ts";
import { requestUndo } from "../../src/engine/undo-request.ts";
import type { World } from "../../src/engine/world.ts";
import { wrongUse } from "../arguments.ts";
import type { Exit } from "../command.ts";
import { type Asked, type BotCommand, say } from "./bot.ts";

const usage = (verb: "approve" | "deny", what: string) => `paramedic ${verb}: ${what}

Usage
  paramedic ${verb} ID [because WHY] --as NAME [--stage NAME] [--json]

ID is that of the question or of its incident; last is the newest incident. NAME is an approver, by name or Slack id.

Examples
  paramedic ${verb} last --as Anna
  paramedic ${verb} 3f0c9a1d2b4e-2 because we have looked at it --as U0ANNA
`;

/** Approves what waits for a decision: the whole plan. Less of it is approved in Slack. */
export const approve: BotCommand = {
  name: "approve",
  help: usage("approve", "approves a plan that waits for a decision"),
  run: (asked) => decideOn(asked, "approved"),
};

/** Denies it. */
export const deny: BotCommand = {
  name: "deny",
  help: usage("deny", "denies a plan that waits for a decision"),
  run: (asked) => decideOn(asked, "denied"),
};

async function decideOn(asked: Asked, verdict: "approved" | "denied"): Promise<Exit> {
  const { world, words, why } = asked;
  const command = verdict === "approved" ? "approve" : "deny";
  const [typed, ...rest] = words;
  if (typed === undefined || rest.length > 0) throw wrongUse(command, "say which question: its id, or its incident's");
  const who = await asked.who();
  const question = await questionCalled(world, typed);
  if (question.kind === "none") return say(asked, { kind: "refused", why: question.why });
  const { text, refused } = await decide(world, { id: question.id, verdict, who, ...(why !== undefined && { why }) });
  // The same decision again is no refusal, though the question was decided before.
  const isOurs = refused?.decision?.by === who.id && refused.decision.verdict === verdict;
  return say(asked, { kind: refused && !isOurs ? "refused" : "done", why: text });
}

async function questionCalled(world: World, typed: string) {
  const known = await world.approvals.get(typed);
  if (known) return { kind: "found", id: known.id } as const;
  const found = await findIncident(world, typed);
  if (found.kind === "none") return { kind: "none", why: `No question has this id. ${found.why}` } as const;
  const { id, phase } = found.incident;
  if (phase.state !== "waiting")
    return { kind: "none", why: `${id} waits for no decision: it is ${phase.state}.` } as const;
  return { kind: "found", id: phase.approvalId } as const;
}

/** Takes back what was changed for an incident. */
export const undo: BotCommand = {
  name: "undo",
  help: `paramedic undo: takes back what was changed for an incident, last change first

Usage
  paramedic undo INCIDENT because WHY --as NAME [--stage NAME] [--json]

Examples
  paramedic undo last because it made things worse --as Anna
`,
  async run(asked) {
    const { world, words, why } = asked;
    const [typed, ...rest] = words;
    if (typed === undefined || rest.length > 0) throw wrongUse("undo", "say which incident");
    if (why === undefined) throw wrongUse("undo", "say why, after the word because: it goes into the story");
    const found = await findIncident(world, typed);
    if (found.kind === "none") return say(asked, { kind: "refused", why: found.why });
    return say(asked, await requestUndo(world, found.incident.id, await asked.who(), why));
  },
};
