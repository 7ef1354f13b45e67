import { z } from "zod";
import { metric } from "./metric.ts";

/** Where the model or the prompt of a service is chosen, and how to see that the choice was bad. */
export const model = z.strictObject({
  /** A SageMaker endpoint with more than one variant, and the one that is known to be good. */
  endpoint: z.strictObject({ name: z.string(), stable: z.string() }).optional(),
  /** An alias through which a Lambda function is called. */
  alias: z.strictObject({ function: z.string(), name: z.string() }).optional(),
  /** An SSM parameter with the prompt, or with the version of it that is live. */
  prompt: z.string().startsWith("/").optional(),
  /**
   * What says that it goes wrong, errors or drift: a metric, and from where on it is trouble. The same metric below this
   * bound again says that a way back has helped.
   */
  trouble: z.strictObject({ metric, high: z.number() }),
  /** CloudWatch alarms that say the same, by name. */
  alarms: z.array(z.string()).default([]),
  /** A change that is older than this is not suspected any more. A day of traffic shows most of what is wrong. */
  suspectHours: z.number().positive().max(168).default(24),
});
export type ModelSettings = z.infer<typeof model>;
