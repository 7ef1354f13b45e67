import type { VirtualClock } from "../../sim/clock.ts";
import type { Sim } from "../../sim/sim.ts";
import type { Message, Queue } from "../../sim/world.ts";
import { Random } from "../../src/detect/random.ts";
import type { Metric } from "./cloudwatch.ts";
import { quantile } from "./interval.ts";

/** A queue, the group of workers that empties it, and the flood that comes. */
export interface QueueSetting {
  /** Messages a second, usually, and how many times as many in the flood. */
  readonly perSecond: number;
  readonly times: number;
  readonly floodFromMs: number;
  readonly floodMs: number;
  readonly secondsPerMessage: number;
  /** From `InService` to the first message: the image and the model. */
  readonly loadMs: number;
  readonly workers: number;
  readonly workersMax: number;
  /** How long a message may wait. */
  readonly waitMs: number;
  /** What comes more in the flood can be read by no worker: each fails, and after three tries it goes to the dead letters. */
  readonly isPoison: boolean;
}

export const names = { group: "workers", queue: "jobs", deadLetters: "jobs-dead" } as const;

/** What a run is judged by. */
export interface Drained {
  /** Message-hours waited beyond what a message may wait. */
  readonly lateHours: number;
  readonly instanceHours: number;
  /** From the first second of the flood until hardly anything waits. */
  readonly drainMs: number;
  /** Nine in ten poison messages were among the dead letters after this long, counted from their sending; 0 where none were sent. */
  readonly poisonMs: number;
  /** Messages that wait and instances there are, minute by minute from the beginning of the run. */
  readonly minutes: readonly { readonly waiting: number; readonly instances: number }[];
}

const receivesMax = 3;
const poison = "poison";

const stepMs = 10_000;

/**
 * Lives the estate step by step on the clock of a simulated AWS: messages arrive, workers that have loaded take them one by one, and
 * every minute SQS says how it stands. `onMinute` is told the metrics of the minute that is over.
 */
export function liveQueue(
  { clock, sim }: { clock: VirtualClock; sim: Sim },
  setting: QueueSetting,
  seed: number,
  onMinute: (at: number, metrics: readonly (readonly [Metric, number])[]) => void = () => {},
) {
  const random = Random.fromSeed(seed);
  const startMs = clock.now();
  sim.seed.group({
    name: names.group,
    zones: ["us-east-2a", "us-east-2b"],
    type: "g5.xlarge",
    size: setting.workers,
    min: setting.workers,
    max: setting.workersMax,
    spot: false,
  });
  const dead = sim.world.queues[sim.seed.queue({ name: names.deadLetters }).url]!;
  const { url } = sim.seed.queue({
    name: names.queue,
    visibilitySeconds: 600,
    deadLetter: { queue: names.deadLetters, maxReceives: receivesMax },
  });
  const queue = sim.world.queues[url]!;
  /** How long each poison message took to be set aside. */
  const setAside = new Map<string, number>();
  const busy = new Map<string, { readonly id: string; readonly until: number }>();
  const ready = new Map<string, number>();
  const total = { sent: 0, lateMs: 0, aliveMs: 0, drainedAt: Infinity };
  const minutes: { waiting: number; instances: number }[] = [];
  let sentInMinute = 0;

  /** A worker gives what has failed back at once; what was tried too often is set aside, as SQS does it. */
  const setFailed = (message: Message, now: number): void => {
    message.visibleAt = now;
    if (message.receives < receivesMax) return;
    delete queue.messages[message.id];
    dead.messages[message.id] = { ...message, receives: 0 };
    if (setAside.get(message.id) === Infinity) setAside.set(message.id, now - message.sentAt);
  };

  const step = (): void => {
    const now = clock.now();
    const inFlood = now >= startMs + setting.floodFromMs && now < startMs + setting.floodFromMs + setting.floodMs;
    const usual = (setting.perSecond * stepMs) / 1_000;
    const send = (expected: number, body: string): void => {
      for (let left = poisson(expected, random); left > 0; left--) {
        const id = `m-${(total.sent += 1)}`;
        queue.messages[id] = { id, body, sentAt: now, receives: 0, visibleAt: now };
        if (body === poison) setAside.set(id, Infinity);
        sentInMinute += 1;
      }
    };
    send(usual, "");
    if (inFlood) send(usual * (setting.times - 1), setting.isPoison ? poison : "");
    const alive = workersOf(sim);
    // What a worker had in hand when it was taken comes back; one that protects itself is not taken while it has.
    for (const [id, job] of busy) {
      if (alive.includes(id)) continue;
      const message = queue.messages[job.id];
      if (message) message.visibleAt = now;
      busy.delete(id);
    }
    for (const id of alive) {
      if (!ready.has(id)) ready.set(id, now === startMs ? now : now + setting.loadMs);
      const job = busy.get(id);
      if (job && job.until <= now) {
        const message = queue.messages[job.id];
        if (message?.body === poison) setFailed(message, now);
        else delete queue.messages[job.id];
        busy.delete(id);
      }
      if (busy.has(id) || (ready.get(id) ?? Infinity) > now) continue;
      const message = oldest(queue, now);
      if (!message) continue;
      Object.assign(message, { receives: message.receives + 1, visibleAt: now + 3_600_000 });
      const spread = 0.75 + 0.5 * random.next();
      // What cannot be read fails at once.
      const lengthMs = message.body === poison ? stepMs : 1_000 * setting.secondsPerMessage * spread;
      busy.set(id, { id: message.id, until: now + lengthMs });
    }
    const waiting = Object.values(queue.messages).filter(({ visibleAt }) => visibleAt <= now);
    total.lateMs += waiting.filter(({ sentAt }) => now - sentAt > setting.waitMs).length * stepMs;
    const instances = Object.keys(sim.world.groups[names.group]?.members ?? {}).length;
    total.aliveMs += instances * stepMs;
    const isOver = now >= startMs + setting.floodFromMs + setting.floodMs;
    if (isOver && total.drainedAt === Infinity && waiting.length <= setting.workers) total.drainedAt = now;
    if ((now - startMs) % 60_000 === 0) {
      minutes.push({ waiting: waiting.length, instances });
      const of = (name: string): Metric => ({ namespace: "AWS/SQS", name, dimensions: { QueueName: names.queue } });
      const age = waiting.reduce((most, { sentAt }) => Math.max(most, now - sentAt), 0) / 1_000;
      onMinute(now, [
        [of("ApproximateNumberOfMessagesVisible"), waiting.length],
        [of("ApproximateAgeOfOldestMessage"), age],
        [of("NumberOfMessagesSent"), sentInMinute],
      ]);
      sentInMinute = 0;
    }
    clock.at(now + stepMs, step);
  };
  clock.at(startMs, step);
  return {
    url,
    judge: (): Drained => ({
      lateHours: total.lateMs / 3_600_000,
      instanceHours: total.aliveMs / 3_600_000,
      drainMs: total.drainedAt - startMs - setting.floodFromMs,
      minutes,
      poisonMs: setAside.size === 0 ? 0 : quantile([...setAside.values()], 0.9),
    }),
  };
}

const workersOf = (sim: Sim): string[] =>
  Object.entries(sim.world.groups[names.group]?.members ?? {})
    .filter(([, { lifecycle }]) => lifecycle === "InService")
    .map(([id]) => id);

/** Messages are kept in the order of their sending. */
function oldest({ messages }: Queue, now: number): Message | undefined {
  for (const id in messages) if ((messages[id]?.visibleAt ?? Infinity) <= now) return messages[id];
  return undefined;
}

function poisson(mean: number, random: Random): number {
  let events = 0;
  for (let left = random.next(); left > Math.exp(-mean); left *= random.next()) events++;
  return events;
}
