import type { Settings } from "../settings.ts";
import type { Approval, Clicker } from "./approvals.ts";

/** What becomes of something that a person asked for, in words for that person. */
export type Said = { readonly kind: "done" | "refused"; readonly why: string };

export const refused = (why: string): Said => ({ kind: "refused", why });
export const done = (why: string): Said => ({ kind: "done", why });

/** The approver behind a name in Slack, or why there is none. What concerns no single runbook, any approver may do. */
export function approverNamed(
  { team: ours, approvers }: Pick<Settings, "team" | "approvers">,
  { id, team }: Clicker,
): { readonly kind: "may"; readonly name: string } | { readonly kind: "refused"; readonly why: string } {
  if (team !== ours) return { kind: "refused", why: "You are in another workspace; nobody there may do that." };
  const found = approvers.find(({ slack }) => slack === id);
  if (found) return { kind: "may", name: found.name };
  const names = approvers.map(({ name }) => name).join(", ");
  return { kind: "refused", why: `You are not an approver. ${names || "Nobody"} may do that.` };
}

/** Those who may decide about a runbook, in the order of the settings, without the one who asked for the run. */
export const deciders = (
  { approvers }: Pick<Settings, "approvers">,
  { runbook, requestedBy }: Pick<Approval, "runbook" | "requestedBy">,
): Settings["approvers"] =>
  approvers.filter(({ may, slack }) => (may.includes("*") || may.includes(runbook)) && slack !== requestedBy);
