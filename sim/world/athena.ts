import { z } from "zod";

const query = z.object({
  id: z.string(),
  workGroup: z.string(),
  state: z.enum(["QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]),
  submittedAt: z.number(),
  endedAt: z.number().optional(),
  /** What it has read up to its end; while it runs, it grows by `bytesPerSecond`. */
  scannedBytes: z.number(),
  bytesPerSecond: z.number(),
});
/** What Athena calls a query execution. */
export type Query = z.infer<typeof query>;

/** The part of the world that Athena keeps. Work groups are there by being named. */
export const athenaWorld = { queries: z.record(z.string(), query) };
