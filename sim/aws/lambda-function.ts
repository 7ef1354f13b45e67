import { z } from "zod";
import { SimError } from "../error.ts";
import type { Ground } from "../ground.ts";
import type { LambdaFunction } from "../world/lambda.ts";

export const functionArn = (ground: Ground, name: string): string => ground.arn("lambda", `function:${name}`);

/** A function by its name or its ARN; both lead to the name. */
export const functionName = z
  .string()
  .min(1)
  .max(140)
  .transform((reference) => /(?:^|:function:)([A-Za-z0-9-_]+)$/.exec(reference)?.[1] ?? reference);

export function functionOf(ground: Ground, name: string): LambdaFunction {
  const found = ground.world.functions[name];
  if (found) return found;
  throw new SimError("ResourceNotFoundException", `Function not found: ${functionArn(ground, name)}`, 404);
}

/** Refuses a change that was made up on another state than the present one. */
export function matchRevision(given: string | undefined, present: string): void {
  if (given === undefined || given === present) return;
  throw new SimError(
    "PreconditionFailedException",
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
    412,
  );
}

/** How Lambda lists in pages. */
export const paged = (sizeMax: number) => ({
  Marker: z.string().optional(),
  // Whatever is asked for, an answer has at most 50.
  MaxItems: z
    .int()
    .min(1)
    .max(sizeMax)
    .default(50)
    .transform((asked) => Math.min(asked, 50)),
});

export const token = (next: string | undefined): { NextMarker?: string } =>
  next === undefined ? {} : { NextMarker: next };
