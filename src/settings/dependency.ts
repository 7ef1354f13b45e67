import { z } from "zod";
import { metric } from "./metric.ts";

/** A metric, and from where on it is trouble. */
const bound = z.strictObject({ metric, high: z.number().positive() });

/** Something that a service calls through a circuit, such as a model at a provider, for `open-circuit`. */
export const dependency = z.strictObject({
  /** The name of its circuit in `paramedic/client`: one per provider, model and region, such as `bedrock/claude/us-east-1`. */
  circuit: z.string().regex(/^[\w./:@-]{1,128}$/, "letters, digits and ./:@_-"),
  /** Calls of it that fail, in whatever unit the metric has. */
  errors: bound.optional(),
  /** How long its answers take, in milliseconds. */
  latencyMs: bound.optional(),
  /** CloudWatch alarms that say that it fails or is slow, by name. */
  alarms: z.array(z.string()).default([]),
  /** Services of AWS Health, such as `BEDROCK`, whose issues in this region mean that it is down. */
  health: z.array(z.string()).default([]),
  /**
   * How long nobody calls it, in minutes. One is enough: after it one call of all probes it, and while that fails its
   * callers keep it open by themselves.
   */
  openMinutes: z.number().positive().max(60).default(1),
});
export type DependencySettings = z.infer<typeof dependency>;
