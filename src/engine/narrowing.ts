import { z } from "zod";

/** What a person makes of a plan when they override it: less of it, never more. */
export const narrowing = z.strictObject({
  /** Steps to leave out, by their place in the plan, counted from 0. */
  without: z.array(z.int().nonnegative()).default([]),
  /** A shorter lease for what is leased, in minutes. */
  leaseMinutes: z.number().positive().optional(),
  /** Other parameters for an action, by its place in the plan. The action says whether they are narrower. */
  params: z.record(z.string().regex(/^\d+$/), z.json()).default({}),
});
export type Narrowing = z.infer<typeof narrowing>;
