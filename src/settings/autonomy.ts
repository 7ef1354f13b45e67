import { z } from "zod";

/** The rungs of autonomy, from the one that does nothing to the one that asks nobody. */
export const ladder = ["observe", "propose", "approve", "veto", "auto"] as const;

/**
 * How far a runbook may go by itself. `observe`: plans and records, does nothing. `propose`: shows people the plan, who carry
 * it out themselves. `approve`: asks a person first. `veto`: says what it is about to do, and does it unless somebody
 * objects in time. `auto`: acts within its limits and tells.
 */
export const autonomy = z.enum(ladder);
export type Autonomy = z.infer<typeof autonomy>;
