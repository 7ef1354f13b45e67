import { BotError } from "../src/bot-error.ts";
import type { Incident } from "../src/incidents/incident.ts";
import settings from "../paramedic.config.ts";
import { type Stack, startStack } from "./stack.ts";

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** What `npm run demo` prints: one JSON object on standard output. */
interface Result {
  readonly incidents: readonly {
    readonly id: string;
    readonly runbook: string;
    readonly outcome: string;
    readonly actions: readonly string[];
    /** From the moment the event says it happened until the bot's first change. */
    readonly msToFirstAction: number;
  }[];
  /** Changes to the estate that were made more than once for one step of one incident. */
  readonly doubleEffects: number;
  /** Events for us that neither joined an incident nor were counted as anything else. */
  readonly lostEvents: number;
}

/** Longest that the demo may take on the wall before it is given up as broken. */
const wallMsMax = 120_000;

/**
 * `npm run demo`: the stack of `npm start` in memory, with one spot interruption, one latency incident, and an approver who
 * approves what is asked. Ends when both are closed; waits that nobody is needed for are skipped on the simulated clock.
 */
async function demo(): Promise<Result> {
  say("Bringing up the stack …");
  const stack = await startStack({ log: (line) => say(`  ${line}`) });
  try {
    const doomed = await busyInstance(stack);
    say(`EC2 says that it takes ${doomed} back in two minutes; the model behind the chat service is browned out.`);
    stack.sim.spot.interrupt(doomed);
    stack.setTrouble("slow", true);
    const incidents = await bothClosed(stack);
    return {
      incidents: await Promise.all(incidents.map((one) => toResult(stack, one))),
      doubleEffects: doubleEffects(stack),
      lostEvents: lostEvents(stack, incidents),
    };
  } finally {
    await stack.close();
  }
}

/** An instance with a worker that is busy, so that there is a message to give back. */
async function busyInstance(stack: Stack): Promise<string> {
  const endBy = Date.now() + wallMsMax;
  while (Date.now() < endBy) {
    for (const { id } of Object.values(stack.sim.world.instances)) {
      if ((await stack.inFlight.on(id, stack.clock.now())).length > 0) return id;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new BotError("not_found", `running the demo: no worker took a job within ${wallMsMax / 1000} s`);
}

async function bothClosed(stack: Stack): Promise<Incident[]> {
  const told = new Map<string, string>();
  const endBy = Date.now() + wallMsMax;
  while (Date.now() < endBy) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const incidents = await stack.stores.incidents.recent(10);
    for (const { id, title, phase } of incidents) {
      const state = phase.state === "closed" ? `${phase.outcome}: ${phase.why}` : phase.state;
      if (told.get(id) !== state) say(`  ${title}: ${state}`);
      told.set(id, state);
      if (phase.state === "waiting") await approve(stack, phase.approvalId);
    }
    if (incidents.length >= 2 && incidents.every(({ phase }) => phase.state === "closed")) return incidents;
    if (incidents.length === 0 || incidents.some(isUrgent)) continue;
    // While only a lease is held nothing else goes on; otherwise in steps so short that everybody who does something every
    // ten seconds still does, in order.
    const isHolding = incidents.every(({ phase }) => phase.state === "closed" || phase.state === "holding");
    if (isHolding) stack.setTrouble("slow", false);
    stack.clock.skip(isHolding ? 60_000 : 5_000);
  }
  throw new BotError("not_found", `running the demo: the incidents were not closed within ${wallMsMax / 1000} s`);
}

/** Somebody is at work on it and its first change is still to come: skipping time now would falsify how long that took. */
const isUrgent = ({ phase, firstActionAt }: Incident): boolean =>
  phase.state !== "closed" && phase.state !== "holding" && firstActionAt === undefined;

async function approve(stack: Stack, approvalId: string): Promise<void> {
  const card = (await stack.slack.messages()).find(({ blocks }) => JSON.stringify(blocks).includes(approvalId));
  const [approver] = settings.approvers;
  if (!card || approver?.slack === undefined) return;
  const answer = await stack.slack.click({ user: approver.slack, ts: card.ts, actionId: "approve", value: approvalId });
  say(`  ${approver.name} clicks Approve: ${answer.text ?? answer.status}`);
}

async function toResult(
  stack: Stack,
  { id, runbook, phase, beganAt, firstActionAt }: Incident,
): Promise<Result["incidents"][number]> {
  const entries = await stack.stores.journal.read(id);
  return {
    id,
    runbook,
    outcome: phase.state === "closed" ? phase.outcome : phase.state,
    actions: entries.filter(({ state }) => state !== "not-done").map(({ action }) => action),
    msToFirstAction: firstActionAt === undefined ? -1 : firstActionAt - beganAt,
  };
}

/** The same change by the bot to the same thing, twice. A level is known by the step that set it. */
function doubleEffects({ sim }: Stack): number {
  const seen = new Map<string, number>();
  for (const { service, operation, input, changed } of sim.calls) {
    const isOurs = ["autoscaling", "ecs", "elasticloadbalancing", "ssm"].includes(service);
    if (!changed || !isOurs) continue;
    const what = `${operation} ${/"key\\*":\\*"[^"\\]+/.exec(JSON.stringify(input))?.[0] ?? JSON.stringify(input)}`;
    seen.set(what, (seen.get(what) ?? 0) + 1);
  }
  return [...seen.values()].reduce((sum, times) => sum + times - 1, 0);
}

/** Interruption warnings that no incident has counted, and whatever was given up after its last attempt. */
function lostEvents(stack: Stack, incidents: readonly Incident[]): number {
  const warnings = stack.sent.get("EC2 Spot Instance Interruption Warning") ?? 0;
  const counted = incidents
    .filter(({ runbook }) => runbook === "spot-interruption")
    .reduce((sum, { seen }) => sum + seen, 0);
  return Math.max(0, warnings - counted) + stack.deadLetters();
}

try {
  const result = await demo();
  process.stdout.write(`${JSON.stringify(result)}\n`);
  const isHealed = result.incidents.every(({ outcome }) => outcome === "healed");
  process.exit(isHealed && result.doubleEffects === 0 && result.lostEvents === 0 ? 0 : 1);
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
}
