import { randomUUID } from "node:crypto";
import { createInFlight } from "../aws/in-flight.ts";
import type { FoundLevel } from "../aws/level.ts";
import type { readLearned } from "../aws/learned-memory.ts";
import type { FactBus } from "../aws/fact-bus.ts";
import type { SampleBus } from "../aws/sample-bus.ts";
import type { Table } from "../aws/table.ts";
import { workloadAws } from "../aws/workload.ts";
import { type Clock, type Duration, systemClock } from "../clock.ts";
import type { Level } from "../runbook/look/service.ts";
import { type Circuit, createCircuit } from "./circuit/circuit.ts";
import { createFailover, type Failover, type Provider } from "./circuit/failover.ts";
import { type CircuitSettings, toRules } from "./circuit/settings.ts";
import { type Report, reporter } from "./event.ts";
import { telling } from "./transition.ts";
import { createInFlightQueues, type InFlightQueue } from "./in-flight.ts";
import { createLevels, type Levels } from "./level.ts";
import { createMemory, type FamilyMemory } from "./memory.ts";
import { createMeters, type Meters } from "./meter.ts";
import { systemTimer, type Timer } from "./timer.ts";

/** What the client reads and writes. @internal */
export interface ClientParts {
  readonly table: Table;
  readonly readLevel: (service: string) => Promise<FoundLevel | undefined>;
  readonly readMemory: (family: string) => ReturnType<typeof readLearned>;
  readonly bus: SampleBus;
  /** Told of every transition of a circuit that this process has made. */
  readonly facts: FactBus;
  /** Asked once; `undefined` where there is no instance that EC2 could take back. */
  readonly instanceId: () => Promise<string | undefined>;
}

export interface ClientOptions {
  /** Told of every decision and every store that did not answer. */
  readonly onEvent?: Report;
  /** Per circuit, by name; `*` for all that are not named. */
  readonly circuits?: Readonly<Record<string, CircuitSettings>>;
  /** How old a level may be. Five seconds. */
  readonly levelEvery?: Duration;
  /** The level of a service that has none, and of one whose level has never been readable. `full`. */
  readonly level?: Level;
  readonly clock?: Clock;
  readonly timer?: Timer;
  readonly chance?: () => number;
  readonly newId?: () => string;
}

/** What a workload has of Paramedic. */
export interface Client extends Pick<Levels, "level">, Meters {
  readonly seeLevel: Levels["see"];
  readonly memory: FamilyMemory;
  /** The circuit of this name; the same one every time. */
  readonly circuit: (name: string) => Circuit;
  readonly failover: <Request, Answer>(
    providers: readonly Provider<Request, Answer>[],
    options?: { readonly stickFor?: Duration },
  ) => Failover<Request, Answer>;
  /** `visibility`: how long a receive hides a message of this queue. Half a minute, as SQS has it. */
  readonly inFlight: (queueUrl: string, options?: { readonly visibility?: Duration }) => InFlightQueue;
}

/**
 * Paramedic for a workload, from its environment: `PARAMEDIC_TABLE` and, if it is not called `paramedic`, `PARAMEDIC_BUS`.
 *
 * ```ts
 * const { level, circuit, inFlight, meter } = paramedic(process.env);
 *
 * const answer = await circuit("bedrock/claude").call((signal) => ask(prompt, signal), { fallback: () => cached(prompt) });
 * ```
 *
 * @throws BotError `bad_setting`, naming what is missing.
 */
export const paramedic = (env: NodeJS.ProcessEnv, options: ClientOptions = {}): Client =>
  createClient(workloadAws(env), options);

/** The client over given stores, for tests. @internal */
export function createClient(
  { table, readLevel, readMemory, bus, facts, instanceId }: ClientParts,
  {
    onEvent,
    circuits: settings = {},
    levelEvery,
    level: fallback,
    clock = systemClock,
    timer = systemTimer,
    chance = Math.random,
    newId = randomUUID,
  }: ClientOptions = {},
): Client {
  const hook = reporter(onEvent);
  const report = telling(facts, hook, () => clock.now());
  const world = { clock, timer, report };
  const circuits = new Map<string, Circuit>();
  const circuit = (name: string): Circuit => {
    const made =
      circuits.get(name) ??
      createCircuit(name, toRules(name, settings[name] ?? settings["*"] ?? {}), {
        ...world,
        table,
        chance,
        owner: newId,
      });
    circuits.set(name, made);
    return made;
  };
  const levels = createLevels({
    ...world,
    read: readLevel,
    ...(levelEvery && { readEvery: levelEvery }),
    ...(fallback && { fallback }),
  });
  return {
    ...createMeters({ ...world, bus }),
    level: levels.level,
    seeLevel: levels.see,
    memory: createMemory({ ...world, read: readMemory }),
    circuit,
    failover: (providers, options = {}) => createFailover(providers, { ...world, ...options, circuit }),
    inFlight: createInFlightQueues({ ...world, ledger: createInFlight(table), instanceId }),
  };
}

// `paramedic/client` is this file: what a workload names beside the client itself goes out through the same door.
export type { Held, SpendPlan } from "./brake.ts";
export { CircuitOpen } from "./circuit/circuit.ts";
export { classify, type Classifier } from "./circuit/classify.ts";
export { NoProviderLeft, type Provider } from "./circuit/failover.ts";
export type { CircuitSettings } from "./circuit/settings.ts";
export type { ClientEvent } from "./event.ts";
export { atLeast } from "./level.ts";
