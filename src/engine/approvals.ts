import { randomUUID } from "node:crypto";
import { z } from "zod";
import { change, readBody, type Table } from "../aws/table.ts";
import { BotError } from "../bot-error.ts";
import type { Clock } from "../clock.ts";
import type { Settings } from "../settings.ts";

const decision = z.object({
  verdict: z.enum(["approved", "denied"]),
  by: z.string(),
  name: z.string(),
  at: z.number(),
});

/** A question put to people: bound to the hash of one plan, good for one answer, until it expires. */
export const approval = z.object({
  /** Opaque; all that a button carries. */
  id: z.string(),
  incident: z.string(),
  runbook: z.string(),
  planHash: z.string(),
  callbackId: z.string(),
  askedAt: z.number(),
  until: z.number(),
  /** The person who asked for this run, if one did: nobody approves their own request. */
  requestedBy: z.string().optional(),
  decision: decision.optional(),
  /** Set once by the execution that acts on the decision. */
  redeemedBy: z.string().optional(),
  /** The question was withdrawn: the plan it was about is no longer the plan. */
  withdrawn: z.boolean().optional(),
});
export type Approval = z.infer<typeof approval>;

/** Who clicked, as Slack says it. */
export interface Clicker {
  readonly id: string;
  readonly team: string;
}

/** What became of a click. Every one of these is told to the person who clicked. */
export type Decided =
  | { readonly kind: "decided"; readonly approval: Approval; readonly by: string }
  | { readonly kind: "refused"; readonly why: string; readonly approval?: Approval };

const keyOf = (id: string) => ({ pk: `approval#${id}`, sk: "approval" });
const refused = (why: string, about?: Approval): Decided => ({
  kind: "refused",
  why,
  ...(about && { approval: about }),
});

export interface Approvals {
  /** Records a question. Asking again with the same callback answers the question already recorded. */
  ask(question: Omit<Approval, "id" | "askedAt">): Promise<Approval>;
  get(id: string): Promise<Approval | undefined>;
  /** Takes a decision: by whom it may be taken, once, in time, for the plan that was shown. */
  decide(id: string, verdict: "approved" | "denied", clicker: Clicker): Promise<Decided>;
  /** Uses an approval, once. A second execution gets `undefined`; the same one gets the same answer again. */
  redeem(id: string, execution: string, planHash: string): Promise<Approval | undefined>;
  /** Withdraws a question that is over, unless it has been decided; answers it as it is then, decision included. */
  withdraw(id: string): Promise<Approval | undefined>;
}

export function createApprovals(table: Table, clock: Clock, settings: Settings): Approvals {
  const get = async (id: string): Promise<Approval | undefined> => {
    const item = await table.get(keyOf(id));
    return item && readBody(item, approval);
  };
  return {
    get,
    async ask(question) {
      // The callback is what makes a question the same one after a crash; its id finds the approval again.
      const link = { pk: `callback#${question.callbackId}`, sk: "callback" };
      const linked = z.object({ approval: z.string() });
      const written = await change(table, link, linked, (was) =>
        was ? undefined : { body: { approval: randomUUID() } },
      );
      if (!written) throw new BotError("store_conflict", `asking about ${question.incident}: nothing was written`);
      const id = written.approval;
      const asked: Approval = { ...question, id, askedAt: clock.now() };
      await table.create({ ...keyOf(id), body: asked });
      return (await get(id)) ?? asked;
    },
    async decide(id, verdict, { id: who, team }) {
      const found = await get(id);
      if (!found) return refused("This question is not known here. It may belong to another installation.");
      if (team !== settings.team) return refused("You are in another workspace; nobody there may decide.", found);
      const approver = settings.approvers.find(({ slack }) => slack === who);
      if (!approver) {
        return refused(
          `You are not an approver. ${settings.approvers.map(({ name }) => name).join(", ")} may decide.`,
          found,
        );
      }
      if (!approver.may.includes("*") && !approver.may.includes(found.runbook)) {
        return refused(`You may decide about ${approver.may.join(", ")}, not about ${found.runbook}.`, found);
      }
      if (found.requestedBy === who)
        return refused("You asked for this yourself; somebody else must approve it.", found);
      let answer: Decided = refused("This question is gone.", found);
      await change(table, keyOf(id), approval, (was) => {
        if (!was) return undefined;
        if (was.decision) {
          answer = refused(`${was.decision.name} has already ${was.decision.verdict} this.`, was);
          return undefined;
        }
        if (was.withdrawn) {
          answer = refused("The situation has changed since; a new plan was proposed in its place.", was);
          return undefined;
        }
        if (clock.now() >= was.until) {
          answer = refused("Too late: the time to decide has passed.", was);
          return undefined;
        }
        const body = { ...was, decision: { verdict, by: who, name: approver.name, at: clock.now() } };
        answer = { kind: "decided", approval: body, by: approver.name };
        return { body };
      });
      return answer;
    },
    async redeem(id, execution, planHash) {
      let answer: Approval | undefined;
      await change(table, keyOf(id), approval, (was) => {
        answer = undefined;
        if (was?.decision?.verdict !== "approved" || was.planHash !== planHash) return undefined;
        if (was.redeemedBy !== undefined) {
          answer = was.redeemedBy === execution ? was : undefined;
          return undefined;
        }
        answer = { ...was, redeemedBy: execution };
        return { body: answer };
      });
      return answer;
    },
    async withdraw(id) {
      return await change(table, keyOf(id), approval, (was) =>
        !was || was.decision || was.withdrawn ? undefined : { body: { ...was, withdrawn: true } },
      );
    },
  };
}
