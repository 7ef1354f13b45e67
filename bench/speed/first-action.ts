import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { startDynamo } from "../../local/servers.ts";
import { VirtualClock } from "../../sim/clock.ts";
import { memoryTable } from "../../sim/memory-table.ts";
import { dynamoTable, type Table } from "../../src/aws/table.ts";
import { createBot } from "./bot.ts";
import { abandon, finish, setScene, timeToFirstAction, timeToRead } from "./episode.ts";
import { percentile } from "./figures.ts";
import { type Place, type Trip, Waves } from "./trips.ts";

export interface FirstAction {
  readonly runs: number;
  /** From the event to the first call that changes something, AWS answering at once. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** A handler that only parses and reads the same events, in the same runs. */
  readonly bareP50Ms: number;
  /** The same with the table in dynalite, over HTTP on this machine. */
  readonly dynalite: { readonly runs: number; readonly p50Ms: number; readonly p99Ms: number };
  /** Round trips one after the other before the first action: times the latency of AWS, this is what a deployed bot adds. */
  readonly roundTrips: number;
  /** The calls of these round trips, by where they go; several may share a round trip. */
  readonly calls: Readonly<Record<Place, number>>;
  /** The round trips, in order. */
  readonly path: readonly (readonly string[])[];
}

const startMs = Date.UTC(2026, 10, 22, 3, 0);

/** A sandbox is used for so many interruptions, and the first ones of it are not counted: clients settle in on first use. */
const sittingRuns = 25;
const settlingIn = 2;

/** The side figure: four times as slow, so for fewer runs. */
const dynaliteRuns = 50;

interface Times {
  readonly first: number[];
  readonly bare: number[];
}

/** Measures on the wall clock; everything in the simulated world happens at one moment of its own clock. */
export async function measureFirstAction({ runs }: { runs: number }): Promise<FirstAction> {
  // Every path once before anything counts, so that what is measured is compiled.
  await sit({ runs: Math.min(runs, sittingRuns), tableOf: memoryTable });
  const { first, bare } = await sit({ runs, tableOf: memoryTable });
  const dynalite = await onDynalite(Math.min(runs, dynaliteRuns));
  const path = await pathToFirstAction();
  const trips = path.flat();
  const count = (place: Place) => trips.filter((trip) => trip.place === place).length;
  return {
    runs: first.length,
    p50Ms: percentile(first, 0.5),
    p99Ms: percentile(first, 0.99),
    bareP50Ms: percentile(bare, 0.5),
    dynalite: { runs: dynalite.length, p50Ms: percentile(dynalite, 0.5), p99Ms: percentile(dynalite, 0.99) },
    roundTrips: path.length,
    calls: { table: count("table"), aws: count("aws"), checkpoint: count("checkpoint"), lambda: count("lambda") },
    path: path.map((wave) => wave.map(({ place, what }) => `${place}: ${what}`)),
  };
}

/** Interruptions one after the other, each of an instance of its own, in a new sandbox now and then. */
async function sit({ runs, tableOf }: { runs: number; tableOf: () => Table }): Promise<Times> {
  const clock = new VirtualClock(startMs);
  const times: Times = { first: [], bare: [] };
  for (let sitting = 1; times.first.length < runs; sitting++) {
    const bot = createBot({ clock, seed: sitting, table: tableOf() });
    const length = Math.min(sittingRuns, runs - times.first.length);
    for (let run = -settlingIn; run < length; run++) {
      const scene = await setScene(bot, clock, `workers-${sitting}-${run + settlingIn}`);
      const bare = timeToRead(scene);
      const first = await timeToFirstAction(bot, scene);
      if (run >= 0) {
        times.first.push(first);
        times.bare.push(bare);
      }
      await abandon(bot, clock);
    }
    bot.close();
  }
  return times;
}

async function onDynalite(runs: number): Promise<number[]> {
  const name = "paramedic-bench";
  const dynamo = await startDynamo(name);
  const credentials = { accessKeyId: "bench", secretAccessKey: "bench" };
  const client = new DynamoDBClient({ endpoint: dynamo.url, region: "us-east-2", credentials });
  const { first } = await sit({ runs, tableOf: () => dynamoTable(client, name) });
  client.destroy();
  await dynamo.close();
  return first;
}

/** What happens before the first action, in waves of calls that wait for nothing but the wave before. */
async function pathToFirstAction(): Promise<Trip[][]> {
  const clock = new VirtualClock(startMs);
  const waves = new Waves();
  const bot = createBot({ clock, seed: 1, table: memoryTable(), onTrip: waves.onTrip });
  const scene = await setScene(bot, clock, "workers");
  const before = waves.waves.length;
  await timeToFirstAction(bot, scene);
  // The wave that is under way now is the action itself.
  const path = waves.waves.slice(before, -1);
  await finish(bot, clock);
  bot.close();
  return path;
}
