import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { type DurableService, openDurableService } from "../../local/durable/service.ts";
import { runbooks } from "../../runbooks/index.ts";
import type { VirtualClock } from "../../sim/clock.ts";
import { createSim, type Sim } from "../../sim/sim.ts";
import { acting, createAws, reading } from "../../src/aws/clients.ts";
import { createInFlight, type InFlight } from "../../src/aws/in-flight.ts";
import { awsLook } from "../../src/aws/look.ts";
import { closedCalendar, readHalts } from "../../src/aws/switches.ts";
import { type Table, tableNameOf } from "../../src/aws/table.ts";
import { storesOf } from "../../src/aws/stores.ts";
import { durableHandler } from "../../src/engine/durable.ts";
import { onRequest } from "../../src/engine/remediate.ts";
import type { World } from "../../src/engine/world.ts";
import { defineSettings } from "../../src/settings.ts";
import { aroundRequests, type OnTrip, trackCheckpoints, trackTable } from "./trips.ts";

const region = "us-east-2";

export const settings = defineSettings({
  stage: "bench",
  channel: "C0BENCH",
  team: "T0BENCH",
  clusters: ["gpu"],
  services: [
    {
      name: "chat",
      latency: { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "chat" } },
      latencyMs: { normal: 750, high: 1_500 },
      alarms: ["chat-latency-high"],
    },
  ],
  approvers: [],
  autonomy: { "spot-interruption": "auto" },
});

export interface Bot {
  readonly sim: Sim;
  readonly service: DurableService;
  readonly world: World;
  readonly inFlight: InFlight;
  /** When the simulated AWS got the next call that changes something, by `performance.now()`. */
  nextChange(): Promise<number>;
  close(): void;
}

/**
 * The bot as deployed, but for the wires: real clients whose requests end in the simulated AWS, the real durable SDK on the
 * local durable service in memory, and a chat that answers at once.
 */
export function createBot({
  clock,
  seed,
  table,
  onTrip,
}: {
  clock: VirtualClock;
  seed: number;
  table: Table;
  /** Sees every call that would leave the sandbox, before it leaves. Costs time, so only where calls are counted. */
  onTrip?: OnTrip;
}): Bot {
  const sim = createSim({ clock, seed, region });
  sim.seed.table({ name: tableNameOf(settings.stage) });
  const service = openDurableService({ file: ":memory:", clock, region, onLog: () => {} });
  let changed = Promise.withResolvers<number>();

  const attach = <C extends Parameters<Sim["attach"]>[0]>(client: C): C => {
    sim.attach(client);
    if (onTrip) aroundRequests(client, (operation, send) => onTrip("aws", operation).then(send));
    return client;
  };
  const clients = (limits: typeof reading) => {
    const aws = createAws({ ...limits, region });
    for (const client of Object.values(aws)) attach(client);
    return aws;
  };
  const readingAws = clients(reading);
  const actingAws = clients(acting);
  for (const client of Object.values(actingAws)) {
    aroundRequests(client, async (_, send) => {
      const at = performance.now();
      const answer = await send();
      if (sim.calls.at(-1)?.mutating) changed.resolve(at);
      return answer;
    });
  }

  const stores = storesOf(onTrip ? trackTable(table, onTrip) : table, clock, settings);
  const inFlight = createInFlight(stores.table);
  const cloudwatch = attach(new CloudWatchClient({ ...reading, region }));
  const world: World = {
    ...stores,
    runbooks,
    reading: readingAws,
    acting: actingAws,
    look: awsLook({ aws: readingAws, cloudwatch, inFlight, detectors: stores.detectors, settings, clock }),
    chat: { show: () => Promise.resolve({ channel: "C0BENCH", ts: "1.0" }), tell: () => Promise.resolve() },
    executions: {
      start: async (name, payload) => {
        await onTrip?.("lambda", "Invoke");
        service.start("remediate:durable", { name, payload: JSON.stringify(payload) });
      },
      wake: () => Promise.resolve(),
    },
    halts: () => readHalts(readingAws.ssm, clock.now()),
    maintenance: () => closedCalendar(readingAws.ssm, settings.calendars, clock.now()),
    page: () => Promise.resolve(),
    log: () => {},
  };
  const handler = durableHandler(onRequest(world));
  service.register("remediate", onTrip ? trackCheckpoints(handler, onTrip) : handler, {
    durable: { executionTimeout: { hours: 24 } },
  });
  return {
    sim,
    service,
    world,
    inFlight,
    nextChange: () => {
      changed = Promise.withResolvers<number>();
      return changed.promise;
    },
    close: () => {
      service.close();
      sim.stop();
    },
  };
}
