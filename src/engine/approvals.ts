import { randomUUID } from "node:crypto";
import { z } from "zod";
import { change, readBody, type Table } from "../aws/table.ts";
import { BotError } from "../bot-error.ts";
import type { Clock } from "../clock.ts";
import type { Settings } from "../settings.ts";
import { type Clicker, mayDecide } from "./people.ts";
import { type Narrowing, narrowing as readNarrowing } from "./narrowing.ts";

const decision = z.object({
  verdict: z.enum(["approved", "denied"]),
  by: z.string(),
  name: z.string(),
  /** The user groups they were in as they decided. */
  groups: z.array(z.string()).optional(),
  at: z.number(),
  /** In the person's own words. */
  why: z.string().optional(),
  /** What they make of the plan, if they approved less than was proposed. */
  narrowing: readNarrowing.optional(),
});
type Decision = z.infer<typeof decision>;

/** A question put to people: bound to the hash of one plan, good for one answer, until it expires. */
export const approval = z.object({
  /** Opaque; all that a button carries. */
  id: z.string(),
  incident: z.string(),
  runbook: z.string(),
  /** The service in the settings that the incident is about, if it is about one. */
  service: z.string().optional(),
  planHash: z.string(),
  callbackId: z.string(),
  askedAt: z.number(),
  until: z.number(),
  /** What happens if nobody says anything in time: nothing, or what was announced. */
  silence: z.enum(["refuses", "goes"]).default("refuses"),
  /** How many people have to approve. One is enough to deny. */
  needs: z.int().positive().default(1),
  /** Those who have approved so far, while more are needed. The first may have narrowed the plan. */
  assents: z.array(decision).default([]),
  /** The person who asked for this run, if one did: nobody approves their own request. */
  requestedBy: z.string().optional(),
  decision: decision.optional(),
  /** Set once by the execution that acts on the decision. */
  redeemedBy: z.string().optional(),
  /** The question was withdrawn: the plan it was about is no longer the plan. */
  withdrawn: z.boolean().optional(),
});
export type Approval = z.infer<typeof approval>;
const newQuestion = approval.omit({ id: true, askedAt: true });

/** What became of a click. Every one of these is told to the person who clicked. */
export type Decided =
  | {
      readonly kind: "decided";
      readonly approval: Approval;
      readonly by: string;
      /** So many more people have to approve before anything happens. */
      readonly missing: number;
    }
  | { readonly kind: "refused"; readonly why: string; readonly approval?: Approval };

const keyOf = (id: string) => ({ pk: `approval#${id}`, sk: "approval" });
const refused = (why: string, about?: Approval): Decided => ({
  kind: "refused",
  why,
  ...(about && { approval: about }),
});

export interface Approvals {
  /** Records a question. Asking again with the same callback answers the question already recorded. */
  ask(question: z.input<typeof newQuestion>): Promise<Approval>;
  get(id: string): Promise<Approval | undefined>;
  /** Takes a decision: by whom it may be taken, once each, in time, for the plan that was shown. */
  decide(
    id: string,
    verdict: "approved" | "denied",
    clicker: Clicker,
    more?: { readonly why?: string; readonly narrowing?: Narrowing },
  ): Promise<Decided>;
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
      const asked = approval.parse({ ...question, id, askedAt: clock.now() });
      await table.create({ ...keyOf(id), body: asked });
      return (await get(id)) ?? asked;
    },
    async decide(id, verdict, clicker, { why, narrowing } = {}) {
      const { id: who, groups } = clicker;
      const found = await get(id);
      if (!found) return refused("This question is not known here. It may belong to another installation.");
      const may = mayDecide(settings, clicker, found);
      if (may.kind === "refused") return refused(may.why, found);
      if (found.requestedBy === who)
        return refused("You asked for this yourself; somebody else must approve it.", found);
      // What could not be read back would leave the incident without an end.
      const wish = narrowing && readNarrowing.safeParse(narrowing);
      if (wish?.success === false)
        return refused(`That override cannot be read: ${z.prettifyError(wish.error)}`, found);
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
        if (was.assents.some(({ by }) => by === who)) {
          answer = refused("You have already approved this; somebody else has to approve it too.", was);
          return undefined;
        }
        const said: Decision = {
          verdict,
          by: who,
          name: may.name,
          ...(groups && { groups: [...groups] }),
          at: clock.now(),
          ...(why !== undefined && { why }),
          ...(narrowing && { narrowing }),
        };
        const missing = verdict === "denied" ? 0 : was.needs - was.assents.length - 1;
        // What the first of several has narrowed is what the others approve.
        const agreed = was.assents.flatMap((assent) => assent.narrowing ?? [])[0] ?? narrowing;
        const body =
          missing > 0
            ? { ...was, assents: [...was.assents, said] }
            : { ...was, decision: { ...said, ...(agreed && verdict === "approved" && { narrowing: agreed }) } };
        answer = { kind: "decided", approval: body, by: may.name, missing };
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
