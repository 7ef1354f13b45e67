import { z } from "zod";
import type { EventBridgeEvent } from "../../sim/ground.ts";
import type { Job } from "../../sim/world/batch.ts";
import { type Duration, toMs } from "../../src/clock.ts";
import { take } from "../../src/engine/take.ts";
import { stack, type StackOptions, startMs } from "./stack.ts";

/** A spot queue and the queue on demand beside it, and what AWS says of what happens there. */
export function jobStack(options: StackOptions = {}) {
  const events: EventBridgeEvent[] = [];
  const s = stack({ ...options, simulation: { emit: (event) => void events.push(event) } });
  s.sim.seed.jobQueue({ name: "spot", spot: true });
  s.sim.seed.jobQueue({ name: "on-demand" });
  let heard = 0;
  const jobNamed = (name: string): Job => {
    const found = Object.values(s.sim.world.jobs).find((job) => job.name === name);
    if (!found) throw new Error(`there is no job ${name}`);
    return found;
  };
  return {
    s,
    events,
    jobNamed,
    names: () => Object.values(s.sim.world.jobs).map(({ name }) => name),
    /** Lets everything happen until this long after the start, the bot hearing of it every minute. */
    async to(length: Duration): Promise<void> {
      const until = startMs + toMs(length);
      while (s.clock.now() < until) {
        await s.runTo({ seconds: (Math.min(until, s.clock.now() + 60_000) - startMs) / 1000 });
        for (; heard < events.length; heard += 1) await take(s.world, events[heard]);
      }
      await s.runTo(length);
    },
    /** EC2 takes the instance of a job, at the end of its two minutes. */
    async takeHost(name: string): Promise<void> {
      s.sim.spot.interrupt(jobNamed(name).instance ?? "");
      await this.to({ seconds: (s.clock.now() - startMs) / 1000 + 150 });
    },
    incidents: async () => (await s.world.incidents.recent(50)).reverse(),
    /** How the incidents of a runbook ended, oldest first. */
    async outcomes(runbook: string): Promise<string[]> {
      const all = await this.incidents();
      return all.flatMap(({ runbook: id, phase }) =>
        id !== runbook ? [] : [phase.state === "closed" ? `${phase.outcome}: ${phase.why}` : phase.state],
      );
    },
    statusesOf: (name: string) =>
      events.flatMap(({ detail }) => {
        const { success, data } = z.object({ jobName: z.literal(name), status: z.string() }).safeParse(detail);
        return success ? [data.status] : [];
      }),
  };
}
export type JobStack = ReturnType<typeof jobStack>;
