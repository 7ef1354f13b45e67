import { type LevelValue, writeLevel } from "../aws/level.ts";
import { forceCircuit, releaseCircuit } from "../client/circuit/stored.ts";
import { type Duration, toMs } from "../clock.ts";
import type { Incident } from "../incidents/incident.ts";
import type { Trouble } from "../incidents/incidents.ts";
import type { Json } from "../json.ts";
import type { Level } from "../runbook/look/service.ts";
import { botStory, tellAudit } from "./halting.ts";
import { inWords } from "./in-words.ts";
import { type Clicker, approverNamed, done, mayDecide, refused, type Said } from "./people.ts";
import { startRemediation } from "./receive.ts";
import type { World } from "./world.ts";

/** What a person sets by hand ends by itself, as what the bot sets does. */
const lease: Duration = { hours: 1 };
const leaseMax: Duration = { hours: 24 };

/** What is set, for how long, and why. */
interface Wish {
  readonly for?: Duration;
  readonly why: string;
}

/**
 * Sets how much of itself a service shows, over whatever is there. A runbook that has set it sees that and leaves it alone.
 * Ends after an hour unless said otherwise, at most after a day; `full` ends nothing, because it is the end.
 */
export async function setLevelByHand(
  world: World,
  who: Clicker,
  { service, level, for: length = lease, why }: Wish & { readonly service: string; readonly level: Level },
): Promise<Said> {
  return await byHand(world, who, length, async (name, now) => {
    const value: LevelValue = {
      level,
      reason: why,
      incident: botStory,
      key: `by-hand-${now}`,
      setBy: name,
      since: now,
      ...(level !== "full" && { expiresAt: now + toMs(length) }),
    };
    await writeLevel(world.reading.ssm, service, value);
    const lasting = level === "full" ? "" : ` for ${inWords(length)}`;
    return { does: `set ${service} to ${level}${lasting}`, why };
  });
}

/** Holds a circuit open or closed, or lets it go its own way again (`release`). */
export async function setCircuitByHand(
  world: World,
  who: Clicker,
  {
    circuit,
    to,
    for: length = lease,
    why,
  }: Wish & { readonly circuit: string; readonly to: "open" | "closed" | "release" },
): Promise<Said> {
  return await byHand(world, who, length, async (by) => {
    if (to === "release") {
      await releaseCircuit(world.table, circuit, {}, world.clock);
      return { does: `let the circuit ${circuit} go its own way`, why };
    }
    await forceCircuit(world.table, circuit, { to: `forced-${to}`, lease: length, by, why }, world.clock);
    return { does: `hold the circuit ${circuit} ${to} for ${inWords(length)}`, why };
  });
}

/** Trusts a runbook again that was demoted because it failed: results count anew. */
export async function restoreTrust(
  world: World,
  who: Clicker,
  runbook: string,
  service: string | undefined,
): Promise<Said> {
  const may = mayDecide(world.settings, who, { runbook, ...(service !== undefined && { service }) });
  if (may.kind === "refused") return refused(may.why);
  return await byHand(world, who, lease, async () => {
    await world.trust.restore(runbook, service);
    return { does: `trust ${runbook} again${service === undefined ? "" : ` on ${service}`}`, why: "asked for" };
  });
}

/**
 * Runs the runbook of an incident again, as if the same had happened now. It looks anew and makes a new plan; all gates
 * and limits hold, and it is somebody else who has to approve.
 */
export async function runAgain(world: World, who: Clicker, was: Incident, why: string): Promise<Said> {
  const { root, service, runbook, trigger, title, signal } = was;
  return await begin(
    world,
    who,
    { root, ...(service !== undefined && { service }), runbook, trigger, title, signal },
    why,
  );
}

/**
 * Runs a runbook on something that no event has spoken of: on what its triggers let people ask for. What it finds out by
 * looking decides, as always; nothing is done that somebody else has not approved.
 */
export async function runOn(
  world: World,
  who: Clicker,
  { runbook: id, target, why }: { readonly runbook: string; readonly target: string; readonly why: string },
): Promise<Said> {
  const runbook = world.runbooks.find((one) => one.id === id);
  if (!runbook) return refused(`There is no runbook ${id}.`);
  const said = { at: world.clock.now(), why: `asked for by hand: ${why}` };
  const can = runbook.definition.on.flatMap((trigger) =>
    (trigger.byHand?.(world.settings.services, said) ?? []).map((match) => ({ trigger, match })),
  );
  if (can.length === 0) {
    return refused(
      `${id} cannot be started by hand: only an event, or what the settings say of a service, tells it what to look at.`,
    );
  }
  const found = can.find(({ match }) => [match.target, match.root, `service/${match.target}`].includes(target));
  if (!found) {
    const names = [...new Set(can.map(({ match }) => match.target))].join(", ");
    return refused(`${id} cannot be run on ${target}; it can on: ${names}.`);
  }
  const { trigger, match } = found;
  const service = match.service ?? /^service\/(.+)$/.exec(match.root)?.[1];
  const title = `${trigger.title(match.signal)} (asked for)`;
  const trouble = {
    root: match.root,
    ...(service !== undefined && { service }),
    runbook: id,
    trigger: trigger.id,
    title,
  };
  return await begin(world, who, { ...trouble, signal: match.signal as Json }, why);
}

async function begin(
  world: World,
  who: Clicker,
  trouble: Omit<Trouble, "beganAt" | "requestedBy">,
  why: string,
): Promise<Said> {
  const { root, runbook } = trouble;
  const may = mayDecide(world.settings, who, trouble);
  if (may.kind === "refused") return refused(may.why);
  const { incident, isNew } = await world.incidents.report({
    ...trouble,
    beganAt: world.clock.now(),
    requestedBy: who.id,
  });
  if (!isNew) return refused(`${incident.id} is about ${root} already, and not closed.`);
  await tellAudit(world, incident.id, "asked for", `${may.name} asked for this: ${why}`, who);
  await startRemediation(world, incident);
  return done(`Started ${incident.id}: ${runbook} looks at ${root}. Somebody else has to approve what it proposes.`);
}

async function byHand(
  world: World,
  who: Clicker,
  length: Duration,
  change: (name: string, now: number) => Promise<{ does: string; why: string }>,
): Promise<Said> {
  const may = approverNamed(world.settings, who);
  if (may.kind === "refused") return refused(may.why);
  if (toMs(length) > toMs(leaseMax)) return refused(`Nothing is set for longer than ${inWords(leaseMax)} by hand.`);
  const now = world.clock.now();
  const { does, why } = await change(may.name, now);
  await tellAudit(world, botStory, `by hand ${now} ${does}`, `By hand of ${may.name}: ${does}: ${why}`, who);
  return done(`Done: ${does}.`);
}
