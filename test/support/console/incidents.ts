import type { ShownIncident } from "../../../local/console/state.ts";
import type { Approval } from "../../../src/engine/approvals.ts";
import type { Entry } from "../../../src/engine/journal.ts";
import type { Line } from "../../../src/incidents/story.ts";
import type { StoredAction } from "../../../src/runbook/plan.ts";

/** A Tuesday, at 3 in the morning, when people look at this page. */
export const nowMs = Date.UTC(2026, 2, 3, 3, 12, 40);

const second = 1_000;
const minute = 60 * second;

/** A story from how many seconds after `began` each line was told, its key, its text, and who it was. */
function story(incident: string, began: number, told: readonly (readonly [number, string, string, string?])[]): Line[] {
  return told.map(([after, key, text, who = "bot"], index) => ({
    incident,
    seq: index + 1,
    at: began + after * second,
    key,
    who,
    text,
    facts: null,
    prev: String(index).padStart(64, "0"),
    hash: String(index + 1).padStart(64, "0"),
  }));
}

const action = (id: string, does: string, undo: string, touches: string[], mayFail = true): StoredAction => ({
  kind: "action",
  action: id,
  params: {},
  does,
  undo,
  touches,
  mayFail,
  was: null,
});

/** What the journal has of a step. */
const changed = (step: number, action: string, does: string, before: Entry["before"], out: Entry["out"]): Entry => ({
  step,
  action,
  params: {},
  key: `key-${step}`,
  before,
  state: "done",
  out,
  does,
  tookMs: 410,
});

const instance = "i-0a4f2c71d9e83b650";
const interruptedAt = nowMs - 38 * second;

/** A spot instance was interrupted 38 s ago; its work has been moved, and it is watched until it is empty. */
export const interruption: ShownIncident = {
  id: "5c0e1f8a2b7d-1",
  root: `instance/${instance}`,
  episode: 1,
  runbook: "spot-interruption",
  trigger: "spot-interruption-warning",
  title: `EC2 takes ${instance} back in two minutes`,
  signal: { instanceId: instance },
  beganAt: interruptedAt,
  openedAt: interruptedAt + 1_180,
  deadlineAt: interruptedAt + 2 * minute,
  seen: 3,
  phase: { state: "acting" },
  firstActionAt: interruptedAt + 2_430,
  autonomy: "auto",
  journal: [
    changed(
      0,
      "autoscaling.launch-replacement",
      "launch a replacement",
      { members: 6 },
      { launched: ["i-07b2a9e6c3d1f4580"] },
    ),
    changed(1, "sqs.release-messages", "give 3 messages back", null, { released: 3, already: 0, failed: 0 }),
    changed(2, "ecs.drain-instance", `drain ${instance}`, { status: "ACTIVE" }, null),
  ],
  card: { channel: "C0INCIDENTS", ts: "1772507522.000100", told: 5 },
  plan: {
    steps: [
      action(
        "autoscaling.launch-replacement",
        "launch a replacement in us-east-1b",
        "needs no undo: Auto Scaling keeps the size that is asked for",
        ["group/gpu-spot"],
      ),
      action(
        "sqs.release-messages",
        "give 3 messages back to jobs",
        "needs no undo: a message is worked on again or not",
        ["queue/jobs"],
      ),
      action("ecs.drain-instance", `drain ${instance}`, "can be undone", [`instance/${instance}`]),
      action(
        "autoscaling.detach-instance",
        `detach ${instance} from gpu-spot`,
        "needs no undo: the instance goes in any case",
        ["group/gpu-spot", `instance/${instance}`],
      ),
      {
        kind: "until",
        what: `everything has left ${instance}`,
        condition: { condition: "nothing-runs-on", params: {} },
        every: { seconds: 10 },
        within: { minutes: 3 },
      },
    ],
    fleet: { scope: "group/gpu-spot", size: 6 },
    hash: "9b1c44e07aa2f05d3f6f6d1b7d0c8d8d2f2b6f5d8a7e4c3b2a19080706050403",
  },
  decision: "allowed by policy (auto, 1 of 30 runs in 10 min)",
  story: story("5c0e1f8a2b7d-1", interruptedAt, [
    [1.9, "plan 9b1c", `Plan: launch a replacement in us-east-1b; give 3 messages back to jobs; drain ${instance}.`],
    [2.4, "done 0", "Done: launch a replacement in us-east-1b."],
    [2.9, "done 1", "Done: give 3 messages back to jobs."],
    [3.3, "done 2", `Done: drain ${instance}.`],
    [4.0, "failed 3", `Could not detach ${instance} from gpu-spot: Auto Scaling is busy with another activity.`],
  ]),
};

const slowSince = nowMs - 6 * minute;
export const approvalId = "0b6e6f9c-52f7-4b0a-9f0e-3f1f6f0a7d11";

/** A service is slow; people are asked whether it may do less. */
export const degradation: ShownIncident = {
  id: "a1b2c3d4e5f6-2",
  root: "service/chat",
  episode: 2,
  runbook: "degrade",
  trigger: "latency-high",
  title: "chat answers in 2,140 ms; 1,500 ms is high",
  signal: {
    service: "chat",
    normalMs: 750,
    highMs: 1_500,
    why: "LatencyMs was 2140 at 03:09:40, expected 640 to 910; 3 of 3 points outside.",
  },
  beganAt: slowSince,
  openedAt: slowSince + 181 * second,
  seen: 4,
  phase: { state: "waiting", approvalId, until: nowMs + 27 * minute },
  autonomy: "approve",
  journal: [],
  card: { channel: "C0INCIDENTS", ts: "1772507380.000200", told: 2 },
  plan: {
    steps: [
      {
        ...action("level.set", "set chat to limited", "can be undone; given back by itself after 30 min", [
          "service/chat",
        ]),
        lease: { minutes: 30 },
        mayFail: false,
        params: { service: "chat", level: "limited", reason: "it is slow" },
      },
      {
        kind: "until",
        what: "chat recovers",
        condition: { condition: "latency-below", params: { service: "chat", ms: 1_125 } },
        every: { seconds: 30 },
        within: { minutes: 10 },
      },
    ],
    hash: "77aa0c5be91d4c2f8e6b5a49382716054f3e2d1c0b9a8877665544332211ffee",
  },
  story: story("a1b2c3d4e5f6-2", slowSince, [
    [182.2, "plan 77aa", "Plan: set chat to limited."],
    [182.9, `asked ${approvalId}`, "Asked for approval; there are 30 min to decide."],
  ]),
};

const earlier = nowMs - 47 * minute;

/** One that is over. */
export const healed: ShownIncident = {
  ...interruption,
  id: "77d0a91c3e44-1",
  root: "instance/i-0d21b7c4e8f90a3b6",
  title: "EC2 takes i-0d21b7c4e8f90a3b6 back in two minutes",
  seen: 1,
  beganAt: earlier,
  openedAt: earlier + 900,
  deadlineAt: earlier + 2 * minute,
  firstActionAt: earlier + 2_100,
  phase: {
    state: "closed",
    outcome: "healed",
    why: "nothing runs on i-0d21b7c4e8f90a3b6 any more",
    at: earlier + 51_000,
  },
  card: { channel: "C0INCIDENTS", ts: "1772504840.000300", told: 2 },
  journal: [],
  story: story("77d0a91c3e44-1", earlier, [
    [2.1, "done 0", "Done: launch a replacement in us-east-1c."],
    [51, "outcome", "Healed: nothing runs on i-0d21b7c4e8f90a3b6 any more."],
  ]),
};

/** The question that `degradation` asks. */
export const question: Approval = {
  id: approvalId,
  incident: degradation.id,
  runbook: degradation.runbook,
  planHash: degradation.plan?.hash ?? "",
  callbackId: "callback-1",
  askedAt: degradation.openedAt + 2 * second,
  until: nowMs + 27 * minute,
  silence: "refuses",
  needs: 1,
  assents: [],
};
