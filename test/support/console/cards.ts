import type { ChannelMessage } from "../../../local/console/state.ts";
import type { Approval } from "../../../src/engine/approvals.ts";
import type { Incident, Outcome } from "../../../src/incidents/incident.ts";
import { defineSettings } from "../../../src/settings.ts";
import { card } from "../../../src/slack/card.ts";
import type { View } from "../../../src/slack/view.ts";

import { degradation, interruption, nowMs, question } from "./incidents.ts";

const minute = 60_000;
const settings = defineSettings({
  stage: "test",
  channel: "C0INCIDENTS",
  team: "T0PARAMEDIC",
  services: [],
  approvers: [
    { slack: "U0ALEX", name: "Alex", may: ["*"] },
    { slack: "U0SAM", name: "Sam", may: ["*"] },
  ],
});

const closed = (outcome: Outcome, why: string): Incident["phase"] => ({
  state: "closed",
  outcome,
  why,
  at: nowMs - minute,
});
const of = (incident: Incident, change: Partial<Incident>, rest: Partial<View> = {}): View => ({
  story: [],
  settings,
  now: nowMs,
  ...rest,
  incident: { ...incident, ...change },
});
const asking = (change: Partial<Approval> = {}): Partial<View> => ({ approval: { ...question, ...change } });

/** A plan that drains so many instances, each with its own name. */
function many(count: number): Partial<Incident> {
  const { plan } = interruption;
  if (!plan) throw new Error("the interruption has no plan");
  const [first] = plan.steps.filter((step) => step.kind === "action");
  if (!first) throw new Error("the plan has no action");
  const steps = Array.from({ length: count }, (_, i) => {
    const instance = `i-${String(i).padStart(17, "0")}`;
    return { ...first, does: `drain ${instance}`, touches: [`instance/${instance}`] };
  });
  return { plan: { ...plan, steps }, phase: { state: "acting" } };
}

const hostile = "<!channel> *owned* <https://evil.example|click here> `code` @everyone ~x~ ";

/** Every kind of card that people can meet, by what it shows. */
const views: Readonly<Record<string, View>> = {
  "waiting for one": of(degradation, {}, asking()),
  "waiting for two": of(
    degradation,
    {},
    asking({ needs: 2, assents: [{ verdict: "approved", by: "U0SAM", name: "Sam", at: nowMs - minute }] }),
  ),
  "about to act unless vetoed": of(
    degradation,
    { autonomy: "veto" },
    asking({ silence: "goes", until: nowMs + 4 * minute }),
  ),
  acting: of(interruption, {}),
  holding: of(degradation, {
    phase: { state: "holding", until: nowMs + 25 * minute },
    firstActionAt: nowMs - 5 * minute,
  }),
  halted: of(degradation, { phase: { state: "halted", why: "halted by Sam: we deploy the new gateway" } }),
  undoing: of(degradation, { phase: { state: "undoing", why: "Alex wants it back" } }),
  healed: of(degradation, { phase: closed("healed", "LatencyMs is 720 ms"), firstActionAt: nowMs - 9 * minute }),
  undone: of(degradation, { phase: closed("undone", "chat did not recover within 10 min; set back to full") }),
  denied: of(degradation, { phase: closed("refused", "denied by Alex: the launch is on"), decision: "denied by Alex" }),
  expired: of(interruption, { phase: closed("expired", "it reached us 180 s too late") }),
  skipped: of(degradation, { phase: closed("skipped", "observing only; it would have: set chat to limited") }),
  escalated: of(
    interruption,
    { phase: closed("escalated", "verify: 3 tasks still run on it; what was done stays: drain") },
    { stands: true },
  ),
  "refused by a limit": of(interruption, {
    phase: closed("refused", "limit: 60 incidents within 10 minutes are a storm; nothing is changed until it is over"),
    overLimit: true,
  }),
  "hostile text": of(degradation, {
    title: hostile.repeat(100),
    root: `service/${hostile}`,
    phase: closed("escalated", hostile.repeat(200)),
  }),
  "a hundred targets": of(interruption, many(100)),
  "five thousand targets": of(interruption, many(5_000)),
};

/** All of them as messages of the channel, the first one first. */
export const everyCard = (): { readonly kind: string; readonly message: ChannelMessage }[] =>
  Object.entries(views).map(([kind, view], i) => {
    const { text, blocks } = card(view);
    const ts = `${1_772_500_000 + i}.000100`;
    return { kind, message: { ts, user: "U0PARAMEDIC", text, blocks, replies: [] } };
  });
