import { createHash } from "node:crypto";
import { z } from "zod";
import { storedPlan } from "../runbook/plan.ts";
import { autonomy } from "../settings/autonomy.ts";

/** How an incident ended. `expired`: it came too late to help. `escalated`: people were paged. */
export const outcomes = ["healed", "undone", "refused", "skipped", "expired", "escalated"] as const;
export type Outcome = (typeof outcomes)[number];

const phase = z.discriminatedUnion("state", [
  /** Found; the remediation has not begun. */
  z.object({ state: z.literal("open") }),
  /** Looking and planning. */
  z.object({ state: z.literal("planning") }),
  /** A person is asked. */
  z.object({ state: z.literal("waiting"), approvalId: z.string(), until: z.number() }),
  z.object({ state: z.literal("acting") }),
  /** People have halted it; it goes on when they resume. */
  z.object({ state: z.literal("halted"), why: z.string() }),
  /** It worked; what was changed for a time is given back at `until`. */
  z.object({ state: z.literal("holding"), until: z.number(), callbackId: z.string().optional() }),
  z.object({ state: z.literal("undoing"), why: z.string() }),
  z.object({ state: z.literal("closed"), outcome: z.enum(outcomes), why: z.string(), at: z.number() }),
]);
export type Phase = z.infer<typeof phase>;

/** One incident: one episode of trouble of one root resource. */
export const incident = z.object({
  id: z.string(),
  root: z.string(),
  /** The service in the settings that it is about, if it is about one. */
  service: z.string().optional(),
  /** 1 for the first episode of this root resource. */
  episode: z.int().positive(),
  runbook: z.string(),
  trigger: z.string(),
  title: z.string(),
  /** The signal that opened it, as the trigger gave it to the runbook. */
  signal: z.json(),
  /** When the trouble began, by the event's own time, and when the bot first heard of it. Milliseconds. */
  beganAt: z.number(),
  openedAt: z.number(),
  deadlineAt: z.number().optional(),
  /** The incident of something else that it belongs to, such as that of the instance a job ran on. */
  partOf: z.string().optional(),
  /** The person who asked for this run, if one did: somebody else has to approve it. */
  requestedBy: z.string().optional(),
  /** Events that said the same, the first one included: duplicates, repeats, companions. */
  seen: z.int().positive(),
  phase,
  plan: storedPlan.optional(),
  /** How far the runbook may go by itself here, as it was decided for this incident. */
  autonomy: autonomy.optional(),
  /** Who decided and when, in words. */
  decision: z.string().optional(),
  firstActionAt: z.number().optional(),
  /** What it taught about its runbook has been remembered. */
  learned: z.boolean().optional(),
  /** A limit has refused its plan. */
  overLimit: z.boolean().optional(),
  /** A person wants everything back that was changed. */
  undo: z.object({ by: z.string(), name: z.string(), why: z.string(), at: z.number() }).optional(),
  /** Where its card is in Slack, and how many lines of its story the thread has been told. */
  card: z
    .object({
      channel: z.string(),
      ts: z.string(),
      told: z.int().nonnegative(),
      /** The picture on it, as Slack's id of the file. */
      chart: z.string().optional(),
    })
    .optional(),
});
export type Incident = z.infer<typeof incident>;

/** Identifies the incidents of one root resource, whatever characters its name has. 12 hex digits, 48 bits. */
export function rootHash(root: string): string {
  return createHash("sha256").update(root).digest("hex").slice(0, 12);
}

/** `a1b2c3d4e5f6-3`: the third episode of one root resource. Letters, digits and dashes only, for execution names. */
export const incidentId = (root: string, episode: number): string => `${rootHash(root)}-${episode}`;

/** Where an incident is stored, by its id. */
export function incidentKey(id: string): { pk: string; sk: string } {
  const at = id.lastIndexOf("-");
  return { pk: `incident#${id.slice(0, at)}`, sk: id.slice(at + 1).padStart(8, "0") };
}

/** One that has ended. */
export type Closed = Incident & { phase: Extract<Phase, { state: "closed" }> };

export const isClosed = (found: Incident): found is Closed => found.phase.state === "closed";
