import { z } from "zod";

/** CloudWatch alarms by name. The simulation does not evaluate them: who sets a scene says what they say. */
export const alarms = z.record(z.string(), z.object({ state: z.enum(["OK", "ALARM", "INSUFFICIENT_DATA"]) }));
