import type { ChannelMessage, ConsoleSource, ConsoleState, Mishap, SeriesPoint } from "../../../local/console/state.ts";
import type { Approval } from "../../../src/engine/approvals.ts";
import type { Incident } from "../../../src/incidents/incident.ts";
import type { Line } from "../../../src/incidents/story.ts";
import { defineSettings } from "../../../src/settings.ts";
import { card } from "../../../src/slack/card.ts";
import { degradation, healed, interruption, nowMs, question } from "./incidents.ts";

type Shown = Incident & { readonly story: readonly Line[] };

/** A small estate that behaves: approvers decide once, others are refused, time moves when it is skipped. */
export interface FakeEstate extends ConsoleSource {
  /** What was asked of it, in order. */
  readonly clicks: Parameters<ConsoleSource["click"]>[0][];
  readonly caused: Mishap[];
  /** Changes what it shows. */
  change(with_: Partial<ConsoleState>): void;
  /** From now on, looking fails with this; `undefined` mends it. */
  fail(error: Error | undefined): void;
}

const settings = defineSettings({
  stage: "test",
  channel: "C0INCIDENTS",
  team: "T0PARAMEDIC",
  services: [],
  approvers: [{ slack: "U0ALEX", name: "Alex", may: ["*"] }],
});

export const people = [
  { id: "U0ALEX", name: "Alex", approver: true },
  { id: "U0SAM", name: "Sam", approver: false },
];

export function fakeEstate(given: Partial<ConsoleState> = {}): FakeEstate {
  const clicks: FakeEstate["clicks"] = [];
  const caused: Mishap[] = [];
  let approval: Approval = question;
  let broken: Error | undefined;
  let state: ConsoleState = { ...quietState, incidents: [interruption, degradation, healed], ...given };

  const posted = (incident: Shown): ChannelMessage => {
    const view = { incident, story: incident.story, settings, now: state.now };
    const { text, blocks } = card(incident.id === approval.incident ? { ...view, approval } : view);
    return {
      ts: incident.card?.ts ?? "",
      user: "U0PARAMEDIC",
      text,
      blocks,
      replies: incident.story.map(({ text, seq }) => ({ ts: `${incident.card?.ts}${seq}`, user: "U0PARAMEDIC", text })),
    };
  };

  return {
    clicks,
    caused,
    change: (with_) => void (state = { ...state, ...with_ }),
    fail: (error) => void (broken = error),
    state: async () => {
      if (broken) throw broken;
      return { ...state, channel: given.channel ?? state.incidents.map(posted) };
    },
    async click(click) {
      clicks.push(click);
      if (click.user !== "U0ALEX") return { status: 200, text: "You are not an approver. Alex may decide." };
      if (approval.decision) return { status: 200, text: "Alex has already approved this." };
      const at = state.now;
      approval = { ...approval, decision: { verdict: "approved", by: click.user, name: "Alex", at } };
      const acting = (was: Shown): Shown =>
        was.id === approval.incident
          ? { ...was, phase: { state: "acting" }, decision: "Alex approved the plan." }
          : was;
      state = { ...state, incidents: state.incidents.map(acting) };
      return { status: 200, text: "Approved." };
    },
    async cause(mishap) {
      caused.push(mishap);
      if (mishap === "halt") state = { ...state, halted: { by: "Alex", why: "halted in the console" } };
      if (mishap === "resume") {
        const { halted: _, ...going } = state;
        state = going;
      }
      if (mishap === "skip-minute") state = { ...state, now: state.now + 60_000 };
    },
  };
}

/** Latency over 40 minutes, one point each 30 s: calm, then slow; with a gap, and no band at first. */
const points: SeriesPoint[] = Array.from({ length: 80 }, (_, i): SeriesPoint => {
  const at = nowMs - 20_000 - (79 - i) * 30_000;
  const slow = Math.max(0, i - 68) * 130;
  const value = 750 + 70 * Math.sin(i / 3) + 35 * Math.sin(i * 2.3) + slow;
  const middle = 760 + 40 * Math.sin(i / 9);
  if (i < 12) return { at, value };
  return { at, value, low: middle - 130, high: middle + 140, anomalous: value > middle + 140 };
}).filter((_, i) => i < 38 || i > 42);

const machine = (instanceId: string, zone: string, type: string, tasks: number) => ({
  instanceId,
  zone,
  type,
  state: "running",
  ecs: "ACTIVE",
  tasks,
});

/** The estate without incidents. */
export const quietState: ConsoleState = {
  now: nowMs,
  speed: 10,
  fleet: [
    {
      ...machine("i-0a4f2c71d9e83b650", "us-east-1a", "g5.xlarge", 1),
      state: "interrupted",
      ecs: "DRAINING",
      interruptedAt: nowMs - 38_000,
    },
    machine("i-0b83e5f1a2c47d961", "us-east-1b", "g5.xlarge", 2),
    machine("i-03d95a7be1f8c2046", "us-east-1b", "g5.2xlarge", 2),
    machine("i-0f6c1b8d74a9e3052", "us-east-1c", "g5.xlarge", 2),
    machine("i-0e17d4c92ab5f8360", "us-east-1c", "g5.xlarge", 1),
    { ...machine("i-07b2a9e6c3d1f4580", "us-east-1b", "g5.xlarge", 0), state: "pending", ecs: "" },
    { ...machine("i-0d21b7c4e8f90a3b6", "us-east-1a", "g5.xlarge", 0), state: "terminated", ecs: "INACTIVE" },
  ],
  queue: { name: "jobs", waiting: 34, inFlight: 9, done: 1_284 },
  services: [{ name: "chat", level: "full", points, highMs: 1_500 }],
  incidents: [],
  channel: [],
  people,
  unread: [{ why: "detail-type “EC2 Instance Rebalance” of no known shape", count: 2 }],
};
