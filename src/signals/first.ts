import { z } from "zod";

/** The first of a list, which has to be there; whatever follows it is not looked at. */
export const first = <T>(schema: z.ZodType<T>) =>
  z
    .array(z.unknown())
    .transform(([one]) => one)
    .pipe(schema);
