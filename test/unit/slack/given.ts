import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { createAws, reading } from "../../../src/aws/clients.ts";
import { createInFlight } from "../../../src/aws/in-flight.ts";
import { awsLook } from "../../../src/aws/look.ts";
import { storesOf } from "../../../src/aws/stores.ts";
import type { Table } from "../../../src/aws/table.ts";
import type { Approval } from "../../../src/engine/approvals.ts";
import type { Chat, Halt, World } from "../../../src/engine/world.ts";
import type { Incident, Phase } from "../../../src/incidents/incident.ts";
import { hashPlan, type StoredAction, type StoredPlan } from "../../../src/runbook/plan.ts";
import { defineSettings } from "../../../src/settings.ts";
import { VirtualClock } from "../../../sim/clock.ts";
import { memoryTable } from "../../../sim/memory-table.ts";

export const start = Date.UTC(2026, 2, 4, 5, 6, 7);

export const settings = defineSettings({
  stage: "test",
  channel: "C1",
  team: "T1",
  services: [],
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
};

/** A world with a table in memory that waits for a decision, and what happened in it. */
export interface GivenWorld {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly table: Table;
  readonly asked: Approval;
  readonly woken: string[];
  readonly logged: { level: string; message: string; facts?: Record<string, unknown> }[];
}

export async function waitingWorld({
  table = memoryTable(),
  chat = { show: () => Promise.resolve({ channel: "C1", ts: "1.1" }), tell: () => Promise.resolve() },
  halted = () => Promise.resolve(undefined),
  wake = () => Promise.resolve(),
  requestedBy,
}: {
  table?: Table;
  chat?: Chat;
  halted?: () => Promise<Halt | undefined>;
  wake?: () => Promise<void>;
  requestedBy?: string;
} = {}): Promise<GivenWorld> {
  const clock = new VirtualClock(start);
  const woken: string[] = [];
  const logged: GivenWorld["logged"] = [];
  const aws = createAws({ ...reading, region: "eu-west-1" });
  const unused = () => Promise.reject(new Error("nothing in these tests looks at the account"));
  const world: World = {
    ...storesOf(table, clock, settings),
    runbooks: [],
    reading: aws,
    acting: aws,
    look: awsLook({ aws, cloudwatch: new CloudWatchClient(reading), inFlight: createInFlight(table), settings, clock }),
    chat,
    executions: {
      start: unused,
      wake: async (callbackId) => {
        await wake();
        woken.push(callbackId);
      },
    },
    halted,
    maintenance: unused,
    page: unused,
    log: (level, message, facts) => void logged.push({ level, message, ...(facts && { facts }) }),
  };
  const { root, runbook, trigger, title, signal, beganAt } = incidentIn({ state: "open" });
  const { incident } = await world.incidents.report({ root, runbook, trigger, title, signal, beganAt });
  const plan = planOf([drain("i-0abc")]);
  const asked = await world.approvals.ask({
    incident: incident.id,
    runbook,
    planHash: plan.hash,
    callbackId: "callback-1",
    until: start + 1_800_000,
    ...(requestedBy !== undefined && { requestedBy }),
  });
  await world.incidents.update(incident.id, (was) => ({
    ...was,
    plan,
    phase: { state: "waiting", approvalId: asked.id, until: asked.until },
  }));
  return { world, clock, table, asked, woken, logged };
}
