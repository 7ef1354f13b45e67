import { z } from "zod";

/** What one version made of a history, as its `replay --json` prints it. What older versions do not say is left open. */
export const result = z.object({
  events: z.number(),
  signals: z.number(),
  unreadable: z.number(),
  anomalies: z.array(z.unknown()),
  incidents: z.array(
    z.object({
      id: z.string(),
      runbook: z.string(),
      title: z.string(),
      root: z.string(),
      began: z.iso.datetime(),
      /** Until when what it changes stands, or people are asked. */
      until: z.iso.datetime().optional(),
      /** The limit or lock that refused it. */
      limit: z.string().optional(),
      decision: z.string(),
      why: z.string(),
      plan: z.array(
        z.object({
          action: z.string(),
          does: z.string(),
          touches: z.array(z.string()).optional(),
          /** The operations of AWS that it changes things with. */
          calls: z.array(z.string()).optional(),
          /** `null`: nobody knows the price. */
          usdPerHour: z.number().nullable().optional(),
        }),
      ),
    }),
  ),
});
export type Result = z.infer<typeof result>;
export type Decided = Result["incidents"][number];

/** Decisions after which the bot changes something by itself. */
export const acts = ({ decision }: Decided): boolean => decision === "act" || decision === "veto";
