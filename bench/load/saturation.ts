import { eachRecord } from "../../src/aws/each-record.ts";
import type { Table } from "../../src/aws/table.ts";
import { Random } from "../../src/detect/random.ts";
import { take } from "../../src/engine/take.ts";
import { memoryTable } from "../../sim/memory-table.ts";
import { VirtualClock } from "../../sim/clock.ts";
import { createBot } from "../speed/bot.ts";
import { alarm, startMs } from "../speed/intake.ts";

/** What became of far more events than can be taken in at once. */
export interface Saturation {
  readonly sent: number;
  /** Deliveries, repeats included: what fails is delivered again. */
  readonly deliveries: number;
  readonly failures: number;
  /** Events that no incident has counted. */
  readonly lost: number;
  readonly incidents: number;
  readonly eventsPerSecond: number;
}

/** As deployed: ten functions at once, ten records each. */
const [functions, batchSize] = [10, 10];
/** One in fifty operations of the table fails, as when it throttles. */
const failureShare = 0.02;

/**
 * Puts all events into the queue at once, and lets ten functions work it off over a table that fails now and then. SQS gives
 * up after three tries; here it never does, so that whatever is missing in the end was lost by the bot.
 */
export async function measureSaturation({ events }: { events: number }): Promise<Saturation> {
  const clock = new VirtualClock(startMs);
  const bot = createBot({ clock, seed: 1, table: failing(memoryTable(), Random.fromSeed(7)) });
  const started = () => Promise.resolve();
  const world = { ...bot.world, executions: { start: started, wake: started } };
  const queue = Array.from({ length: events }, (_, id) => ({ id: String(id), body: alarm(id, clock.now() + id) }));
  let deliveries = 0;
  let failures = 0;
  const from = performance.now();
  const work = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.splice(0, batchSize);
      deliveries += batch.length;
      const Records = batch.map(({ id, body }) => ({ messageId: id, body }));
      const { batchItemFailures } = await eachRecord(
        { Records },
        async (body) => void (await take(world, body)),
        () => {},
      );
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      failures += failed.size;
      queue.push(...batch.filter(({ id }) => failed.has(id)));
    }
  };
  await Promise.all(Array.from({ length: functions }, work));
  const seconds = (performance.now() - from) / 1_000;
  const incidents = await untilRead(() => world.incidents.recent(1_000));
  bot.close();
  const counted = incidents.reduce((sum, { seen }) => sum + seen, 0);
  return {
    sent: events,
    deliveries,
    failures,
    lost: Math.max(0, events - counted),
    incidents: incidents.length,
    eventsPerSecond: Math.round(events / seconds),
  };
}

/** A table of which one operation in fifty fails before it does anything. */
function failing(table: Table, random: Random): Table {
  const orFail = async <T>(work: () => Promise<T>): Promise<T> => {
    if (random.next() < failureShare) throw new Error("ThrottlingException: made up by the load run");
    return await work();
  };
  return {
    get: (key) => orFail(() => table.get(key)),
    create: (item) => orFail(() => table.create(item)),
    replace: (item) => orFail(() => table.replace(item)),
    increment: (key, field) => orFail(() => table.increment(key, field)),
    query: (pk, options) => orFail(() => table.query(pk, options)),
    recent: (list, options) => orFail(() => table.recent(list, options)),
  };
}

/** The same failing table is asked in the end, too. */
async function untilRead<T>(read: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!String(error).includes("ThrottlingException")) throw error;
    }
  }
}
