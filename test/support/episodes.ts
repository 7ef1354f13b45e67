import { expect } from "vitest";
import { readLevel, levelNow } from "../../src/aws/level.ts";
import { take } from "../../src/engine/take.ts";
import { standing } from "../../src/engine/journal.ts";
import { type Incident, outcomes } from "../../src/incidents/incident.ts";
import { brokenLine } from "../../src/incidents/story.ts";
import { actionsOf } from "../../src/runbook/plan.ts";
import { alarm, type AnyStack, chatLatency, interruption, seedFleet, startMs } from "./stack.ts";

/** An incident of one runbook from its event to its end, and what must be true of it whatever happened on the way. */
export interface Episode {
  readonly runbook: string;
  begin(s: AnyStack): Promise<void>;
  /** When everything is over, retries and the undo included. */
  readonly over: { readonly hours: number };
  check(s: AnyStack, incident: Incident): Promise<void>;
}

/** A spot instance with everything on it is taken back. */
export const spotEpisode: Episode = {
  runbook: "spot-interruption",
  over: { hours: 1 },
  async begin(s) {
    const { doomed, work } = seedFleet(s);
    await work();
    s.sim.spot.interrupt(doomed);
    await take(s.world, interruption(doomed, startMs));
  },
  check(s, { phase, root }) {
    const group = s.sim.world.groups["gpu-workers"];
    const doomed = root.replace("instance/", "");
    expect(Object.keys(group?.members ?? {})).not.toContain(doomed);
    expect(Object.keys(group?.members ?? {})).toHaveLength(group?.desired ?? 0);
    if (phase.state === "closed" && phase.outcome === "healed") expect(group?.desired).toBe(4);
    return Promise.resolve();
  },
};

/** A slow service: Alex approves after a minute, and two minutes after the start it is fast again. */
export const degradeEpisode: Episode = {
  runbook: "degrade",
  over: { hours: 2 },
  async begin(s) {
    chatLatency(s, [{ minutes: -2 }, 2_400], [{ minutes: 2 }, 800]);
    await take(s.world, alarm(startMs));
  },
  async check(s, { id }) {
    expect(levelNow(await readLevel(s.world.reading.ssm, "chat"), s.clock.now())).toBe("full");
    expect(standing(await s.world.journal.read(id))).toEqual([]);
    // Once down and once up.
    expect(s.sim.world.parameters["/paramedic/level/chat"]?.versions.length ?? 0).toBeLessThanOrEqual(2);
  },
};

/** The promises that hold after every episode, however it went. Answers the one incident of it. */
export async function promisesKept(s: AnyStack, episode: Episode): Promise<Incident> {
  const incidents = await s.world.incidents.recent(10);
  expect(incidents).toHaveLength(1);
  const [incident] = incidents;
  if (!incident) throw new Error("no incident");
  const { id, phase, plan } = incident;

  expect(phase.state).toBe("closed");
  expect(phase.state === "closed" && outcomes.includes(phase.outcome)).toBe(true);
  expect(s.service.list().filter(({ status }) => status === "RUNNING")).toEqual([]);

  const story = await s.world.stories.read(id);
  expect(brokenLine(story)).toBeUndefined();
  expect(story.filter(({ key }) => key.startsWith("outcome "))).toHaveLength(1);

  for (const target of plan ? actionsOf(plan).flatMap(({ touches }) => touches) : []) {
    const taken = await s.world.ledger.lock([target], "somebody-else", s.clock.now() + 1);
    expect(taken).toEqual({ granted: true });
  }
  if (episode.runbook === "spot-interruption") expect(effectsTwice(s)).toEqual([]);
  await episode.check(s, incident);
  return incident;
}

/** Every change that happened more than once. */
export function effectsTwice({ sim }: AnyStack): string[] {
  const changes = sim.calls
    .filter(({ mutating, changed }) => mutating && changed)
    .map(({ operation, input }) => `${operation} ${JSON.stringify(input)}`);
  return changes.filter((change, index) => changes.indexOf(change) !== index);
}

/** The changes that either runbook makes, as a touch of the world is named. */
export const isChange = (what: string): boolean => changes.test(what);
const changes =
  /^aws\.handle (LaunchInstances|ChangeMessageVisibilityBatch|DeregisterTargets|UpdateContainerInstancesState|DetachInstances|PutParameter)$/;

/** The calls of the bot that changed something in the account, its own table apart, oldest first. */
export const changed = ({ sim }: AnyStack): string[] =>
  sim.calls
    .filter(
      (call) => call.mutating && call.changed && call.service !== "dynamodb" && call.operation !== "ReceiveMessage",
    )
    .map(({ operation }) => operation);
