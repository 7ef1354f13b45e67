import type { Mishap } from "./console/state.ts";
import { fleetOf } from "./fleet.ts";
import type { Stack } from "./stack.ts";

/** More than the fleet works off in an hour. */
const floodJobs = 60;

/** Makes something happen to the estate, to time, or to the bot. */
export async function cause(stack: Stack, mishap: Mishap): Promise<void> {
  switch (mishap) {
    case "interrupt": {
      const running = takable(stack);
      const one = running[Math.floor(stack.clock.now() / 1000) % Math.max(1, running.length)];
      if (one) stack.sim.spot.interrupt(one.instanceId);
      return;
    }
    case "reclaim-pool":
      for (const { instanceId } of biggestPool(stack)) stack.sim.spot.interrupt(instanceId);
      return;
    case "slow":
      return stack.setTrouble("slow", true);
    case "recover":
      return stack.setTrouble("slow", false);
    case "break-provider":
      return stack.setTrouble("provider", true);
    case "mend-provider":
      return stack.setTrouble("provider", false);
    case "leak":
      return stack.setTrouble("leak", true);
    case "mend-leak":
      return stack.setTrouble("leak", false);
    case "flood":
      return await stack.submit(floodJobs);
    case "halt":
      return await stack.halt("the console", "halted by hand");
    case "resume":
      return await stack.resume();
    case "skip-minute":
      return await stack.skip(60_000);
    case "skip-ten-minutes":
      return await stack.skip(600_000);
    case "skip-half-hour":
      return await stack.skip(1_800_000);
    case "skip-to-next":
      return await skipToNext(stack);
  }
}

/** Instances that run and have had no notice. */
const takable = (stack: Stack) => fleetOf(stack).filter(({ state, ecs }) => state === "running" && ecs === "ACTIVE");

/** The pool with most of them: when EC2 wants capacity back, it takes a type in a zone. */
function biggestPool(stack: Stack) {
  const pools = Map.groupBy(takable(stack), ({ type, zone }) => `${type}/${zone}`);
  return [...pools.values()].sort((a, b) => b.length - a.length)[0] ?? [];
}

/** A second past the next end of something that an incident waits for: a decision, a lease, a deadline. */
async function skipToNext(stack: Stack): Promise<void> {
  const { stores, clock } = stack;
  const now = clock.now();
  const ends = (await stores.incidents.open(20)).flatMap(({ phase, deadlineAt = 0 }) =>
    "until" in phase ? [phase.until, deadlineAt] : deadlineAt,
  );
  const next = Math.min(...ends.filter((end) => end > now));
  if (Number.isFinite(next)) await stack.skip(next - now + 1_000);
}
