import type { Ground } from "../ground.ts";
import type { Query } from "../world/athena.ts";

export function athenaSeeds(ground: Ground) {
  return {
    /** A query that has been running since `since` and reads so many bytes a second until somebody stops it. */
    query({
      workGroup,
      bytesPerSecond = 1e9,
      since = ground.now(),
    }: {
      workGroup: string;
      bytesPerSecond?: number;
      since?: number;
    }): Query {
      const id = ground.uuid();
      return ground.add<Query>(ground.world.queries, id, {
        id,
        workGroup,
        state: "RUNNING",
        submittedAt: since,
        scannedBytes: 0,
        bytesPerSecond,
      });
    },
  };
}
