import type { z } from "zod";

/** What survives `JSON.stringify` and back unchanged. Plans, snapshots and step results are made of it. */
export type Json = z.infer<z.ZodJSONSchema>;

/** One text for one value: object keys are sorted at every depth, so equal values give equal texts, and so equal hashes. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_, inner: Json) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
