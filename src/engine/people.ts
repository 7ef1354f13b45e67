import type { Settings } from "../settings.ts";

/** Who clicked, as Slack says it. */
export interface Clicker {
  readonly id: string;
  readonly team: string;
}

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

/** What people decide about. More than one who has to approve makes it a matter of high risk. */
export interface Matter {
  readonly runbook: string;
  readonly service?: string | undefined;
  readonly needs?: number | undefined;
  readonly requestedBy?: string | undefined;
}

/** Whether a person may decide about something, and by which name they go. */
export type May = { readonly kind: "may"; readonly name: string } | { readonly kind: "refused"; readonly why: string };

/** Whether somebody may decide: an approver of this workspace, for the runbook, the service and the risk. */
export function mayDecide(settings: Pick<Settings, "team" | "approvers">, { id, team }: Clicker, matter: Matter): May {
  const no = (why: string): May => ({ kind: "refused", why });
  if (team !== settings.team) return no("You are in another workspace; nobody there may decide.");
  const approver = settings.approvers.find(({ slack }) => slack === id);
  if (!approver) {
    return no(`You are not an approver. ${settings.approvers.map(({ name }) => name).join(", ")} may decide.`);
  }
  const { may, services, risk, name } = approver;
  const { runbook, service, needs = 1 } = matter;
  if (!covers(may, runbook)) return no(`You may decide about ${may.join(", ")}, not about ${runbook}.`);
  if (service !== undefined && !covers(services, service)) {
    return no(`You may decide about ${services.join(", ")}, not about ${service}.`);
  }
  return needs > 1 && risk === "normal"
    ? no(`${runbook} is of high risk; you may not decide about that.`)
    : { kind: "may", name };
}

const covers = (list: readonly string[], one: string): boolean => list.includes("*") || list.includes(one);

/** Those who may decide about something, in the order of the settings, without the one who asked for the run. */
export const deciders = (settings: Pick<Settings, "team" | "approvers">, matter: Matter): Settings["approvers"] =>
  settings.approvers.filter(
    ({ slack }) =>
      slack !== matter.requestedBy && mayDecide(settings, { id: slack, team: settings.team }, matter).kind === "may",
  );
