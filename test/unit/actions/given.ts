import type { z } from "zod";
import { VirtualClock } from "../../../sim/clock.ts";
import { createSim, type Sim } from "../../../sim/sim.ts";
import { acting, type Aws, createAws, reading } from "../../../src/aws/clients.ts";
import type { Json } from "../../../src/json.ts";
import type { Action, Probed } from "../../../src/runbook/action.ts";
import { startMs } from "../../support/stack.ts";

export interface Given {
  readonly clock: VirtualClock;
  readonly sim: Sim;
  readonly reading: Aws;
  readonly acting: Aws;
}

/** A simulated AWS and clients to it, as the engine has them. */
export function given(): Given {
  const clock = new VirtualClock(startMs);
  const sim = createSim({ clock, seed: 1 });
  const client = (settings: typeof reading): Aws => {
    const aws = createAws({ ...settings, region: "us-east-2" });
    for (const one of Object.values(aws)) sim.attach(one);
    return aws;
  };
  return { clock, sim, reading: client(reading), acting: client(acting) };
}

/** One action with its parameters, called as the engine calls it. A look that tries to change something is refused. */
export interface Hand {
  before(): Promise<Json>;
  do(before: Json, more?: { earlier?: { action: string; out: Json }[]; leaseUntil?: number }): Promise<Json>;
  probe(before: Json): Promise<Probed>;
  undo(before: Json, out: Json): Promise<void>;
}

export function hand<Id extends string, P extends z.ZodType>(
  { sim, reading, acting, clock }: Given,
  { definition }: Action<Id, P>,
  params: z.output<P>,
  key = "c0ffee000000-1-0",
): Hand {
  const looking = async <T>(look: () => Promise<T>): Promise<T> => {
    const from = sim.calls.length;
    const seen = await look();
    const tried = sim.calls.slice(from).filter(({ mutating }) => mutating);
    if (tried.length > 0) throw new Error(`a look called ${tried.map(({ operation }) => operation).join(", ")}`);
    return seen;
  };
  return {
    before: () => looking(async () => (await definition.before?.({ params, aws: reading })) ?? null),
    do: (before, { earlier = [], ...more } = {}) =>
      definition.do({
        params,
        aws: acting,
        key,
        before,
        incident: "c0ffee000000-1",
        now: clock.now(),
        earlier,
        ...more,
      }),
    probe: (before) => looking(() => definition.probe({ params, aws: reading, key, before })),
    async undo(before, out) {
      if (typeof definition.undo !== "function") throw new Error(definition.undo.nothing);
      await definition.undo({ params, aws: acting, key, before, out, now: clock.now() });
    },
  };
}

/** The calls that changed the world, oldest first. */
export const changes = ({ sim }: Given): string[] =>
  sim.calls.filter(({ changed, mutating }) => changed && mutating).map(({ operation }) => operation);
