import { z } from "zod";

/**
 * Something an event says beside what matters: left out when it is not there, is null, or cannot be read. Nothing that is
 * decided on may be read this way, and nothing that is not may cost us the signal.
 */
export function ifReadable<T>(schema: z.ZodType<T>) {
  return schema
    .nullish()
    .catch(undefined)
    .transform((said) => said ?? undefined);
}

/** The elements of a list that can be read. No list is an empty one. */
export function eachReadable<T>(schema: z.ZodType<T>) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((elements) =>
      elements.flatMap((element) => {
        const { success, data } = schema.safeParse(element);
        return success ? [data] : [];
      }),
    );
}

/** The same without the fields that are `undefined`: JSON has no word for them, and a signal survives JSON unchanged. */
export function defined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
