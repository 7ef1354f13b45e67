import type { Button, KnownBlock } from "@slack/web-api";
import type { Approval } from "../engine/approvals.ts";
import type { Incident } from "../incidents/incident.ts";
import { plain } from "./blocks.ts";

/** The ids of the buttons. What they carry is the opaque id of a question or of an incident, and nothing else. */
export const buttons = {
  approve: "approve",
  deny: "deny",
  override: "override",
  snooze: "snooze",
  undo: "undo",
  halt: "halt",
  resume: "resume",
} as const;

/** The buttons of a question: a plan that waits for a yes, or, with `veto`, one that goes on unless somebody says no. */
export function decisionButtons({ id, silence }: Approval, cost: string): KnownBlock {
  const goes = silence === "goes";
  return {
    type: "actions",
    block_id: "decision",
    elements: [
      button(buttons.approve, `${goes ? "Go ahead now" : "Approve"}${cost && ` (${cost})`}`, id, "primary"),
      button(buttons.deny, goes ? "Object" : "Deny", id, "danger"),
      button(buttons.override, "Override…", id),
      // What goes on by itself cannot be put off.
      ...(goes ? [] : [button(buttons.snooze, "Snooze", id)]),
    ],
  };
}

/** The buttons of what has been changed: taking it back, and stopping what is under way. */
export function changeButtons({ id, phase, undo }: Incident, stands: boolean): KnownBlock[] {
  const isUnderWay = phase.state === "acting" || phase.state === "holding" || phase.state === "halted";
  const canUndo = !undo && (isUnderWay || (phase.state === "closed" && stands));
  const elements = [
    ...(canUndo ? [button(buttons.undo, "Undo…", id, "danger")] : []),
    ...(phase.state === "acting" || phase.state === "holding" ? [button(buttons.halt, "Halt…", id)] : []),
    ...(phase.state === "halted" ? [button(buttons.resume, "Resume…", id)] : []),
  ];
  return elements.length > 0 ? [{ type: "actions", block_id: "changes", elements }] : [];
}

export const button = (id: string, label: string, value: string, style?: "primary" | "danger"): Button => ({
  type: "button",
  action_id: id,
  value,
  text: plain(label),
  ...(style && { style }),
});
