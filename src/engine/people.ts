import type { Settings } from "../settings.ts";
import type { Approver } from "../settings/approver.ts";

/** Who clicked, as Slack says it. */
export interface Clicker {
  readonly id: string;
  readonly team: string;
  /** What Slack calls them. Known of members of user groups, whom the settings do not name. */
  readonly name?: string;
  /** The user groups of the settings that they are in as they click. */
  readonly groups?: readonly string[];
  /** Why no user group counts for them now, in words for them: it cannot be read, or they are a guest. */
  readonly noGroups?: string;
}

/** What becomes of something that a person asked for, in words for that person. */
export type Said = { readonly kind: "done" | "refused"; readonly why: string };

export const refused = (why: string): Said => ({ kind: "refused", why });
export const done = (why: string): Said => ({ kind: "done", why });

/** What people decide about. More than one who has to approve makes it a matter of high risk. */
export interface Matter {
  readonly runbook: string;
  readonly service?: string | undefined;
  readonly needs?: number | undefined;
  readonly requestedBy?: string | undefined;
}

/** Whether a person may decide about something, and by which name they go. */
export type May = { readonly kind: "may"; readonly name: string } | { readonly kind: "refused"; readonly why: string };

type Rights = Pick<Settings, "team" | "approvers">;

/** The approver behind a name in Slack, or why there is none. What concerns no single runbook, any approver may do. */
export const approverNamed = (rights: Rights, who: Clicker): May => judged(rights, who, () => undefined);

/** Whether somebody may decide: an approver of this workspace, for the runbook, the service and the risk. */
export const mayDecide = (rights: Rights, who: Clicker, matter: Matter): May =>
  judged(rights, who, (approver) => refusal(approver, matter));

function judged({ team, approvers }: Rights, who: Clicker, refusalBy: (one: Approver) => string | undefined): May {
  const no = (why: string): May => ({ kind: "refused", why });
  if (who.team !== team) return no("You are in another workspace; nobody there may decide or change anything.");
  const entries = approvers.filter(
    ({ slack, group }) => slack === who.id || (group !== undefined && who.groups?.includes(group)),
  );
  const granting = entries.find((entry) => refusalBy(entry) === undefined);
  if (granting) return { kind: "may", name: nameIn(granting, who) };
  const [first] = entries;
  const why =
    (first && refusalBy(first)) ??
    `You are not an approver. ${approvers.map(calledBy).join(", ") || "Nobody"} may do that.`;
  return no(who.noGroups === undefined ? why : `${why} ${who.noGroups}`);
}

/** A member of a group goes by their own name, and says for whom. */
const nameIn = ({ group, name }: Approver, who: Clicker): string =>
  group === undefined ? name : `${who.name ?? who.id} (${name})`;

/** What an approver is called among those who may. */
export const calledBy = ({ group, name }: Approver): string => (group === undefined ? name : `anyone in ${name}`);

/** What an entry of the settings says against deciding about something. */
function refusal({ may, services, risk }: Approver, { runbook, service, needs = 1 }: Matter): string | undefined {
  if (!covers(may, runbook)) return `You may decide about ${may.join(", ")}, not about ${runbook}.`;
  if (service !== undefined && !covers(services, service)) {
    return `You may decide about ${services.join(", ")}, not about ${service}.`;
  }
  return needs > 1 && risk === "normal" ? `${runbook} is of high risk; you may not decide about that.` : undefined;
}

const covers = (list: readonly string[], one: string): boolean => list.includes("*") || list.includes(one);

/** Those who may decide about something, in the order of the settings, without the one who asked for the run. */
export const deciders = ({ approvers }: Rights, matter: Matter): Approver[] =>
  approvers.filter(
    (one) => (one.slack === undefined || one.slack !== matter.requestedBy) && refusal(one, matter) === undefined,
  );

/** For the audit: who did it, and as whose member. */
export const signedBy = ({
  id,
  groups = [],
}: Clicker): { readonly who: string; readonly facts?: { groups: string[] } } => ({
  who: id,
  ...(groups.length > 0 && { facts: { groups: [...groups] } }),
});
