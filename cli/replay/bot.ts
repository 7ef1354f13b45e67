import { memoryTable } from "../../sim/memory-table.ts";
import { storesOf } from "../../src/aws/stores.ts";
import { receive } from "../../src/engine/receive.ts";
import { type Scored, scoreSamples } from "../../src/engine/score.ts";
import type { World } from "../../src/engine/world.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";
import type { Settings } from "../../src/settings.ts";
import type { Anomaly, Samples, Told } from "../../src/signals/signal.ts";
import { assumeEstate, bareEstate } from "./estate.ts";
import { notingRefusals } from "./limits.ts";
import { notOurs, whyMuted } from "./not-ours.ts";
import { operationsOf } from "./operations.ts";
import { rehearse, type Rehearsed } from "./rehearse.ts";

/** What came of a signal: the incident it belongs to, or why there is none. */
export type Answer =
  | { readonly kind: "incident"; readonly incident: string; readonly isNew: boolean }
  | { readonly kind: "muted" | "not-ours"; readonly why: string };

/** An incident with what the bot would have done about it, and what had to be assumed to say so. */
export interface Story extends Rehearsed {
  readonly incident: Incident;
  readonly assuming: string;
  /** The limit or lock that refused it. */
  readonly limit?: string;
  /** The operations of AWS that its runbook's actions change things with, by action. */
  readonly operations: ReadonlyMap<string, readonly string[]>;
}

/** The bot in this process: its real engine, a table in memory, and for each incident an account that is assumed. */
export interface Bot {
  hear(signal: Told | Anomaly): Promise<Answer>;
  /** Scores a batch of samples; `found` is told of each anomaly and what came of it. */
  score(samples: Samples, found: (anomaly: Anomaly, answer: Answer) => void): Promise<Scored[]>;
  /** Every incident, in the order they were opened. */
  stories(): Promise<Story[]>;
}

/**
 * Makes a bot that only thinks.
 *
 * Every event reaches it at the event's own time, as if nothing had delayed it; with `now`, all of them reach it then.
 */
export function createBot({
  settings,
  runbooks,
  now,
  estateOf = assumeEstate,
}: {
  settings: Settings;
  runbooks: readonly Runbook[];
  now?: number;
  /** Where an incident is looked at. One is assumed if not said. */
  estateOf?: typeof assumeEstate;
}): Bot {
  let at = now ?? 0;
  const started: string[] = [];
  const decided = new Map<string, Omit<Story, "incident">>();
  const refusals = new Map<string, string>();
  const stores = storesOf(memoryTable(), { now: () => at }, settings);
  const operations = operationsOf(runbooks);
  const world = {
    ...stores,
    ledger: notingRefusals(stores.ledger, (incident, limit) => void refusals.set(incident, limit)),
    runbooks,
    chat: { show: () => Promise.resolve({ channel: settings.channel, ts: "0" }), tell: () => Promise.resolve() },
    executions: {
      start: (_, request) => {
        if (request.kind !== "canary") started.push(request.incident);
        return Promise.resolve();
      },
      wake: () => Promise.resolve(),
    },
    page: () => Promise.resolve(),
    log: () => {},
  } satisfies Partial<World>;

  /** Before an incident there is nothing to look at. */
  const blind: World = { ...world, ...bareEstate(settings) };

  async function hear(signal: Parameters<Bot["hear"]>[0]): Promise<Answer> {
    at = now ?? signal.at;
    const received = await receive(blind, signal);
    for (const id of started.splice(0)) await decide(id);
    switch (received.kind) {
      case "incident":
        return { kind: "incident", incident: received.incident.id, isNew: received.isNew };
      case "muted":
        return { kind: "muted", why: whyMuted(blind, signal, received.why) };
      case "not-ours":
        return { kind: "not-ours", why: notOurs(settings, signal) ?? received.why };
    }
  }

  async function decide(id: string): Promise<void> {
    const { assuming, calls, ...estate } = await estateOf(await world.incidents.get(id), settings, at);
    const told = await rehearse({ ...world, ...estate }, id);
    const changing = calls.find(({ mutating }) => mutating);
    if (changing)
      throw new Error(`replaying ${id}: ${changing.permission} reached the assumed account, and it must not`);
    const limit = told.decision === "refused" ? refusals.get(id) : undefined;
    decided.set(id, { ...told, assuming, operations, ...(limit !== undefined && { limit }) });
  }

  return {
    hear,
    score: (samples, found) => scoreSamples(blind, samples, async (anomaly) => found(anomaly, await hear(anomaly))),
    stories: () =>
      Promise.all([...decided].map(async ([id, told]) => ({ ...told, incident: await world.incidents.get(id) }))),
  };
}
