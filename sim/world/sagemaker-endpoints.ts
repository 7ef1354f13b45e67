import { z } from "zod";

const variant = z.object({
  name: z.string(),
  /** What is asked for, and what is in force: they differ while the endpoint is updating. */
  desiredWeight: z.number(),
  weight: z.number(),
  desiredCount: z.number(),
  count: z.number(),
});

const endpoint = z.object({
  name: z.string(),
  config: z.string(),
  status: z.enum(["InService", "Updating"]),
  createdAt: z.number(),
  modifiedAt: z.number(),
  variants: z.array(variant),
});
export type Endpoint = z.infer<typeof endpoint>;

/** The part of the world that SageMaker's hosting keeps. */
export const endpointsWorld = { endpoints: z.record(z.string(), endpoint) };
