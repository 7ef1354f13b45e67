import { z } from "zod";

/** What a version of a function is run with. */
const configuration = { memoryMb: z.number(), timeoutSeconds: z.number() };

const version = z.object({ ...configuration, version: z.string(), publishedAt: z.number() });

/** Traffic of an alias: to its version, less the shares that `weights` gives to another one. */
const alias = z.object({
  name: z.string(),
  version: z.string(),
  weights: z.record(z.string(), z.number()),
  revision: z.string(),
});
export type LambdaAlias = z.infer<typeof alias>;

const lambdaFunction = z.object({
  ...configuration,
  name: z.string(),
  /** Changes with every change of the function; of nothing but its configuration, as simulated here. */
  revision: z.string(),
  modifiedAt: z.number(),
  /** A change of the configuration takes seconds, in which no other is taken. */
  isUpdating: z.boolean(),
  /** Reserved concurrency; none without. */
  reserved: z.number().optional(),
  /** What was published, oldest first. */
  versions: z.array(version),
  aliases: z.record(z.string(), alias),
});
export type LambdaFunction = z.infer<typeof lambdaFunction>;

const mapping = z.object({
  id: z.string(),
  function: z.string(),
  source: z.string(),
  state: z.enum(["Enabled", "Enabling", "Disabled", "Disabling", "Updating"]),
  /** The state that a change in progress ends in. */
  settlesAs: z.enum(["Enabled", "Disabled"]).optional(),
  /** How many of the function a queue may keep busy at once; no bound of its own without. */
  maximumConcurrency: z.number().optional(),
  modifiedAt: z.number(),
});
/** What Lambda calls an event source mapping. */
export type EventSourceMapping = z.infer<typeof mapping>;

/** The part of the world that Lambda keeps. */
export const lambdaWorld = {
  functions: z.record(z.string(), lambdaFunction),
  mappings: z.record(z.string(), mapping),
};
