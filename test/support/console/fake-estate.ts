import { degrade } from "../../../runbooks/degrade.ts";
import type {
  ChannelMessage,
  ConsoleSource,
  ConsoleState,
  Filled,
  Mishap,
  ShownIncident,
  ShownView,
  SignalPoint,
  SlackAnswer,
} from "../../../local/console/state.ts";
import type { Approval } from "../../../src/engine/approvals.ts";
import { defineSettings } from "../../../src/settings.ts";
import { buttons } from "../../../src/slack/buttons.ts";
import { card } from "../../../src/slack/card.ts";
import { closing, denyForm, undoForm } from "../../../src/slack/forms.ts";
import { haltForm } from "../../../src/slack/halt-form.ts";
import { overrideForm } from "../../../src/slack/override-form.ts";
import { degradation, healed, interruption, nowMs, question } from "./incidents.ts";

/** A small estate that behaves: approvers decide once, others are refused, time moves when it is skipped. */
export interface FakeEstate extends ConsoleSource {
  /** What was asked of it, in order. */
  readonly clicks: Parameters<ConsoleSource["click"]>[0][];
  readonly submitted: Filled[];
  readonly typed: string[];
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
  const submitted: Filled[] = [];
  const typed: string[] = [];
  const caused: Mishap[] = [];
  let approval: Approval = question;
  let broken: Error | undefined;
  const asking = { ...degradation, approval: question };
  let state: ConsoleState = { ...quietState, incidents: [interruption, asking, healed], ...given };

  const posted = (incident: ShownIncident): ChannelMessage => {
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
  const change = (id: string, to: (was: ShownIncident) => ShownIncident): void => {
    state = { ...state, incidents: state.incidents.map((was) => (was.id === id ? to(was) : was)) };
  };
  const decide = (user: string, decision: Omit<NonNullable<Approval["decision"]>, "by" | "name" | "at">): string => {
    if (user !== "U0ALEX") return "You are not an approver. Alex may decide.";
    if (approval.decision) return `Alex has already ${approval.decision.verdict} this.`;
    approval = { ...approval, decision: { ...decision, by: user, name: "Alex", at: state.now } };
    const isApproved = decision.verdict === "approved";
    change(approval.incident, (was) => ({
      ...was,
      approval,
      phase: isApproved
        ? { state: "acting" }
        : { state: "closed", outcome: "refused", why: `Alex denied it: ${decision.why}`, at: state.now },
      decision: `Alex ${decision.verdict} the plan.`,
    }));
    return isApproved ? "Approved." : "Denied: nothing will be done.";
  };
  /** The form behind a button, as the bot has it. */
  const formOf = (button: string, value: string): ShownView | undefined => {
    const incident = state.incidents.find(({ id }) => id === value) ?? degradation;
    if (button === buttons.deny) return denyForm({ id: value }, incident.title);
    if (button === buttons.override && incident.plan) return overrideForm(degrade, incident.plan, { id: value });
    if (button === buttons.undo) return undoForm({ id: value }, incident.title);
    if (button === buttons.halt) return haltForm(incident);
    return undefined;
  };

  return {
    clicks,
    submitted,
    typed,
    caused,
    change: (with_) => void (state = { ...state, ...with_ }),
    fail: (error) => void (broken = error),
    state: async () => {
      if (broken) throw broken;
      return { ...state, channel: given.channel ?? state.incidents.map(posted) };
    },
    async click(click) {
      clicks.push(click);
      const view = click.user === "U0ALEX" ? formOf(click.actionId, click.value) : undefined;
      return view ? { status: 200, view } : { status: 200, text: decide(click.user, { verdict: "approved" }) };
    },
    async submit(filled): Promise<SlackAnswer> {
      submitted.push(filled);
      const { user, view, values } = filled;
      const why = String(values["why"] ?? "no reason");
      const said = (text: string): SlackAnswer => ({ status: 200, view: closing(text) });
      switch (view.callback_id) {
        case "deny":
          return said(decide(user, { verdict: "denied", why }));
        case "override": {
          const narrowing = { without: [], params: {}, leaseMinutes: Number(values["lease"]) };
          return said(decide(user, { verdict: "approved", narrowing }));
        }
        case "undo":
          if (why.length < 5) return { status: 200, errors: { why: "Say why: it goes into the story." } };
          change(interruption.id, (was) => ({
            ...was,
            phase: { state: "undoing", why: `Alex wants it back: ${why}` },
          }));
          return said("What was changed is being taken back, last change first.");
        case "halt":
          state = { ...state, halts: [{ by: "Alex", why }] };
          return said("Halted everything until somebody resumes.");
        case undefined:
        default:
          return said("This form is from another version of the bot. Nothing was done.");
      }
    },
    async command({ text }) {
      typed.push(text);
      return { status: 200, text: `Nothing is halted; ${state.incidents.length} incidents. (${text})` };
    },
    async openHome({ user }) {
      const text = { type: "mrkdwn", text: "*Nothing is degraded.*" };
      state = { ...state, homes: { ...state.homes, [user]: [{ type: "section", text }] } };
      return { status: 200 };
    },
    picture: (id) => (id === "F0CHART" ? new Uint8Array([0x89, 0x50, 0x4e, 0x47]) : undefined),
    async cause(mishap) {
      caused.push(mishap);
      if (mishap === "halt") state = { ...state, halts: [{ by: "Alex", why: "halted in the console" }] };
      if (mishap === "resume") state = { ...state, halts: [] };
      if (mishap === "leak") state = { ...state, troubles: ["leak"] };
      if (mishap === "mend-leak") state = { ...state, troubles: [] };
      if (mishap === "skip-minute") state = { ...state, now: state.now + 60_000 };
    },
  };
}

/** Latency over 40 minutes, one point each 30 s: calm, then slow; with a gap, and no band at first. */
const points: SignalPoint[] = Array.from({ length: 80 }, (_, i): SignalPoint => {
  const at = nowMs - 20_000 - (79 - i) * 30_000;
  const slow = Math.max(0, i - 68) * 130;
  const value = 750 + 70 * Math.sin(i / 3) + 35 * Math.sin(i * 2.3) + slow;
  const middle = 760 + 40 * Math.sin(i / 9);
  if (i < 12) return { at, value };
  return {
    at,
    value,
    low: middle - 130,
    high: middle + 140,
    severity: Math.abs(value - middle) / 140,
    anomalous: value > middle + 140,
  };
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
  halts: [],
  services: [{ name: "chat", level: "full" }],
  signals: [
    { id: "latency", name: "LatencyMs", about: "chat", unit: "ms", bound: 1_500, points },
    {
      id: "memory",
      name: "MemoryPercent",
      about: "chat",
      unit: "%",
      points: points.map(({ at }, i) => ({ at, value: 46 + (i % 5), low: 42, high: 55, severity: 0.1 })),
    },
  ],
  bounds: {
    circuits: [
      { name: "bedrock/claude/us-east-2", kind: "open", why: "6 failures in a row", until: nowMs + 12_000 },
      { name: "bedrock/titan/us-east-2", kind: "ramping", share: 0.25 },
    ],
    leases: [{ incident: healed.id, does: "set embeddings to cached", until: nowMs + 11 * 60_000 }],
    limits: [
      { of: "all runbooks: changes", used: 14, most: 200, unit: "", why: "within an hour" },
      { of: "all runbooks: cost", used: 1.2, most: 50, unit: "$/h", why: "that stands now" },
      { of: "spot-interruption: group/gpu-spot", used: 2, most: 3, unit: "", why: "50 % of 6 within 10 min" },
    ],
    quarantine: [{ pool: "spot/g5.xlarge/us-east-1a", until: nowMs + 52 * 60_000 }],
    runbooks: [
      {
        id: "degrade",
        summary: "Lowers the level of a slow service, and raises it again",
        isHighRisk: false,
        within: { hours: 1 },
        autonomy: [
          { configured: "approve", allowed: "approve", ok: 0, of: 0, atLeast: 0 },
          {
            service: "chat",
            configured: "auto",
            allowed: "veto",
            ok: 7,
            of: 9,
            atLeast: 0.45,
            demotedFor: "2 of 5 failed",
          },
        ],
      },
      {
        id: "scale-queue",
        summary: "Gives a queue that is behind more workers for a time",
        isHighRisk: false,
        within: { hours: 24 },
        autonomy: [{ configured: "observe", allowed: "observe", ok: 0, of: 0, atLeast: 0 }],
      },
    ],
  },
  bot: { story: [] },
  homes: {},
  troubles: [],
  incidents: [],
  channel: [],
  people,
  unread: [{ why: "detail-type “EC2 Instance Rebalance” of no known shape", count: 2 }],
};
