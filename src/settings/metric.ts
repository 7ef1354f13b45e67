import { z } from "zod";

/** A CloudWatch metric with the statistic that is asked for. */
export const metric = z.strictObject({
  namespace: z.string().min(1),
  name: z.string().min(1),
  dimensions: z.record(z.string(), z.string()).default({}),
  stat: z.string().default("Average"),
});
