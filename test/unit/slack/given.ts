import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { createAws, reading } from "../../../src/aws/clients.ts";
import { createInFlight } from "../../../src/aws/in-flight.ts";
import { awsLook } from "../../../src/aws/look.ts";
import { storesOf } from "../../../src/aws/stores.ts";
import type { Table } from "../../../src/aws/table.ts";
import type { Approval } from "../../../src/engine/approvals.ts";
import type { Chat, World } from "../../../src/engine/world.ts";
import type { Incident, Phase } from "../../../src/incidents/incident.ts";
import { hashPlan, type StoredAction, type StoredPlan } from "../../../src/runbook/plan.ts";
import { defineSettings, type Settings } from "../../../src/settings.ts";
import { slackApp } from "../../../src/slack/app.ts";
import { slackClient } from "../../../src/slack/client.ts";
import { commanded, type Press, pressed, type Signing, type Submit, submitted } from "../../../local/slack-request.ts";
import type { FakeSlack } from "../../support/fake-slack.ts";
import { VirtualClock } from "../../../sim/clock.ts";
import { memoryTable } from "../../../sim/memory-table.ts";
import { createSim, type Sim } from "../../../sim/sim.ts";
import { z } from "zod";
import { setLevel } from "../../../src/actions/set-level.ts";
import { readHalts } from "../../../src/aws/switches.ts";
import { defineAction } from "../../../src/runbook/action.ts";
import { skip } from "../../../src/runbook/plan.ts";
import { resource } from "../../../src/runbook/resource.ts";
import { defineRunbook } from "../../../src/runbook/runbook.ts";

export const start = Date.UTC(2026, 2, 4, 5, 6, 7);

export const settings = defineSettings({
  stage: "test",
  channel: "C1",
  team: "T1",
  services: [
    {
      name: "chat",
      latency: { namespace: "Chat", name: "LatencyMs", dimensions: {}, stat: "Average" },
      latencyMs: { normal: 750, high: 1_500 },
      dependencies: [{ circuit: "bedrock/claude" }],
    },
  ],
  approvers: [
    { slack: "U0ANNA", name: "Anna", may: ["*"] },
    { slack: "U0BEN", name: "Ben", may: ["spot-interruption"] },
    { slack: "U0CLEO", name: "Cleo", may: ["degrade"] },
  ],
  autonomy: { "spot-interruption": "approve" },
});

export const drain = (instance: string): StoredAction => ({
  kind: "action",
  action: "ecs.drain-instance",
  params: { instance },
  does: `drain ${instance}`,
  undo: "can be undone",
  touches: [`instance/${instance}`],
  was: "ACTIVE",
});

const drainInstance = defineAction({
  id: "ecs.drain-instance",
  summary: ({ instance }) => `drain ${instance}`,
  params: z.object({ instance: z.string() }),
  permissions: [],
  touches: ({ instance }) => [resource.instance(instance)],
  do: () => Promise.resolve(null),
  probe: () => Promise.resolve({ applied: false }),
  undo: () => Promise.resolve(),
});
const setCount = defineAction({
  id: "made-up.set-count",
  summary: ({ count }) => `run ${count} tasks`,
  params: z.object({ count: z.int() }),
  permissions: [],
  touches: () => [resource.service("chat")],
  narrows: ({ planned, asked, before }) => asked.count < planned.count && asked.count > Number(before),
  do: () => Promise.resolve(null),
  probe: () => Promise.resolve({ applied: false }),
  undo: () => Promise.resolve(),
});

/** What a plan for a question can be made of in these tests. */
export const interruption = defineRunbook({
  id: "spot-interruption",
  summary: "moves work off an instance that EC2 takes back",
  on: [],
  lane: "fast",
  uses: [drainInstance, setLevel, setCount],
  limit: { runs: 30, within: { minutes: 10 } },
  plan: () => Promise.resolve(skip("nobody plans here")),
});

/** Sets a service's level for an hour. */
export const degradeTo = (level: string): StoredAction => ({
  kind: "action",
  action: "level.set",
  params: { service: "chat", level, reason: "slow" },
  lease: { hours: 1 },
  does: `set chat to ${level}`,
  undo: "can be undone; given back by itself after 1 h",
  touches: ["service/chat"],
  was: { version: 0, text: null },
});

export const runTasks = (count: number, was: number): StoredAction => ({
  kind: "action",
  action: "made-up.set-count",
  params: { count },
  does: `run ${count} tasks`,
  undo: "can be undone",
  touches: ["service/chat"],
  was,
});

export function planOf(
  steps: StoredPlan["steps"],
  more: Partial<Pick<StoredPlan, "fleet" | "verify">> = {},
): StoredPlan {
  const plan = { steps, ...more };
  return { ...plan, hash: hashPlan(plan) };
}

export const incidentIn = (phase: Phase, more: Partial<Incident> = {}): Incident => ({
  id: "a1b2c3d4e5f6-1",
  root: "instance/i-0abc",
  episode: 1,
  runbook: "spot-interruption",
  trigger: "spot-interruption-warning",
  title: "EC2 takes i-0abc back",
  signal: { kind: "spot-interruption", instanceId: "i-0abc" },
  beganAt: start,
  openedAt: start,
  seen: 1,
  phase,
  ...more,
});

export const question: Approval = {
  id: "q-1",
  incident: "a1b2c3d4e5f6-1",
  runbook: "spot-interruption",
  planHash: "hash",
  callbackId: "callback-1",
  askedAt: start,
  until: start + 1_800_000,
  silence: "refuses",
  needs: 1,
  assents: [],
};

/** A world with a table in memory that waits for a decision, and what happened in it. */
export interface GivenWorld {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly table: Table;
  readonly asked: Approval;
  readonly sim: Sim;
  readonly woken: string[];
  /** Executions that were started, by name. */
  readonly started: string[];
  readonly logged: { level: string; message: string; facts?: Record<string, unknown> }[];
}

export async function waitingWorld({
  table = memoryTable(),
  chat = { show: () => Promise.resolve({ channel: "C1", ts: "1.1" }), tell: () => Promise.resolve() },
  halts,
  wake = () => Promise.resolve(),
  requestedBy,
  needs,
  silence,
  plan = planOf([drain("i-0abc")]),
  approvers = settings.approvers,
  runbooks = [interruption],
}: {
  table?: Table;
  chat?: Chat;
  halts?: World["halts"];
  wake?: () => Promise<void>;
  requestedBy?: string;
  needs?: number;
  silence?: Approval["silence"];
  plan?: StoredPlan;
  approvers?: Settings["approvers"];
  runbooks?: World["runbooks"];
} = {}): Promise<GivenWorld> {
  const clock = new VirtualClock(start);
  const woken: string[] = [];
  const logged: GivenWorld["logged"] = [];
  const started: string[] = [];
  const sim = createSim({ clock, seed: 1 });
  const aws = createAws({ ...reading, region: "eu-west-1" });
  sim.attach(aws.ssm);
  const unused = () => Promise.reject(new Error("nothing in these tests looks at the account"));
  const set = { ...settings, approvers };
  const stores = storesOf(table, clock, set);
  const world: World = {
    ...stores,
    runbooks,
    reading: aws,
    acting: aws,
    look: awsLook({
      aws,
      cloudwatch: new CloudWatchClient(reading),
      inFlight: createInFlight(table),
      detectors: stores.detectors,
      settings: set,
      clock,
    }),
    chat,
    executions: {
      start: (name) => Promise.resolve(void started.push(name)),
      wake: async (callbackId) => {
        await wake();
        woken.push(callbackId);
      },
    },
    halts: halts ?? (() => readHalts(aws.ssm, clock.now())),
    maintenance: () => Promise.resolve(undefined),
    page: unused,
    log: (level, message, facts) => void logged.push({ level, message, ...(facts && { facts }) }),
  };
  const { root, runbook, trigger, title, signal, beganAt } = incidentIn({ state: "open" });
  const { incident } = await world.incidents.report({ root, runbook, trigger, title, signal, beganAt });
  const asked = await world.approvals.ask({
    incident: incident.id,
    runbook,
    planHash: plan.hash,
    callbackId: "callback-1",
    until: start + 1_800_000,
    ...(requestedBy !== undefined && { requestedBy }),
    ...(needs !== undefined && { needs }),
    ...(silence !== undefined && { silence }),
  });
  await world.incidents.update(incident.id, (was) => ({
    ...was,
    plan,
    phase: { state: "waiting", approvalId: asked.id, until: asked.until },
  }));
  return { world, clock, table, asked, sim, woken, started, logged };
}

export const secret = "8f742231b10e8888abcd99yyyzzz85a5";
const ours: Signing = { secret };

/** The Slack function over a world that waits for a decision, and hands that press, fill in and type. */
export async function slackFunction(slack: FakeSlack, more: Parameters<typeof waitingWorld>[0] = {}) {
  const client = slackClient({ token: "xoxb-test", apiUrl: slack.apiUrl });
  const known = await waitingWorld(more);
  const { world, asked } = known;
  const { handler } = slackApp({ world, client, signingSecret: secret });
  const press = (by: Partial<Press> = {}, signing = ours) => {
    const usual = {
      button: "approve",
      value: asked.id,
      user: "U0ANNA",
      team: "T1",
      channel: "C1",
      ts: "1.1",
      responseUrl: slack.responseUrl,
    };
    return handler(pressed({ ...usual, ...by }, signing), {});
  };
  /** Fills in the form that was opened last, and answers what Slack would show. */
  const fillIn = async (values: Submit["values"], by: Partial<Submit> = {}) => {
    const view = slack.opened().at(-1) ?? {};
    const reply = await handler(submitted({ user: "U0ANNA", team: "T1", view, values, ...by }, ours), {});
    return replied.parse(JSON.parse(reply.body || "{}"));
  };
  const type = async (text: string, user = "U0ANNA", team = "T1") => {
    const reply = await handler(commanded({ text, user, team, channel: "C1" }, ours), {});
    const read = spoken.parse(JSON.parse(reply.body));
    return { ...read, words: wordsIn(read.blocks) };
  };
  const decision = async () => (await world.approvals.get(asked.id))?.decision;
  return { ...known, client, handler, press, fillIn, type, decision };
}

/** What a form is answered with: errors at its fields, or another view in its place. */
const replied = z
  .object({
    response_action: z.enum(["errors", "update"]).optional(),
    errors: z.record(z.string(), z.string()).optional(),
    view: z.object({ blocks: z.array(z.unknown()) }).optional(),
  })
  .transform(({ errors, view }) => ({ ...(errors && { errors }), ...(view && { says: wordsIn(view.blocks) }) }));

const spoken = z.object({ response_type: z.literal("ephemeral"), text: z.string(), blocks: z.array(z.unknown()) });

/** Every text that people read in blocks, in order. */
export const wordsIn = (blocks: unknown): string =>
  [...JSON.stringify(blocks).matchAll(/"text":("(?:[^"\\]|\\.)*")/g)]
    .map(([, text]) => String(JSON.parse(text ?? '""')))
    .join("\n");
