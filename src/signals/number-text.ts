import { z } from "zod";

/** A number from 0, also as the text that ECS, Batch and Health write: `"256"`, `"0.25"`. ECS's `"null"` is no number. */
export const numberText = z.union([
  z.number().nonnegative(),
  // 15 digits are what a number holds exactly.
  z
    .string()
    .regex(/^\d{1,15}(\.\d{1,9})?$/, "not a number")
    .transform(Number),
]);
