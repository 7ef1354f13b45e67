import { toMs } from "../../src/clock.ts";
import type { SettingsInput } from "../../src/settings.ts";
import { chat, settingsOf } from "./settings.ts";
import { type Stack, startMs } from "./stack.ts";

const account = "https://sqs.us-east-2.amazonaws.com/123456789012";

/** The chat service with a queue of jobs, ten seconds of work each, and a group of workers for them. */
export const queueSettings = (
  autonomy: SettingsInput["autonomy"],
  more: Partial<NonNullable<SettingsInput["services"][number]["queue"]>> = {},
) =>
  settingsOf({
    autonomy,
    services: [
      {
        ...chat,
        queue: {
          url: `${account}/jobs`,
          deadLetters: `${account}/jobs-dead`,
          workers: { kind: "group", group: "workers" },
          secondsPerMessage: 10,
          workersMax: 20,
          ...more,
        },
      },
    ],
  });

const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => `job ${index}`);

/** The queue, its dead letters and its workers. A message may be received three times, half a minute each. */
export function seedQueue({ sim }: Stack, { jobs = 0, dead = 0, workers = 2, max = 4 } = {}) {
  sim.seed.queue({ name: "jobs-dead", messages: texts(dead) });
  sim.seed.queue({
    name: "jobs",
    visibilitySeconds: 30,
    messages: texts(jobs),
    deadLetter: { queue: "jobs-dead", maxReceives: 3 },
  });
  sim.seed.group({ name: "workers", zones: ["us-east-2a"], type: "c6i.large", size: workers, max, spot: true });
  const messages = (name: string) => Object.values(sim.world.queues[`${account}/${name}`]?.messages ?? {});
  return {
    jobs: () => messages("jobs"),
    dead: () => messages("jobs-dead"),
    group: () => {
      const found = sim.world.groups["workers"];
      if (!found) throw new Error("the workers are gone");
      return found;
    },
  };
}

/**
 * Consumers of the queue: every second those instances in service that are free take one message each and finish it after ten
 * seconds, or never, if it is one that fails.
 */
export function work(
  s: Stack,
  { fails = () => false, until = { hours: 4 } }: { fails?: () => boolean; until?: { hours: number } } = {},
) {
  const { sim, clock } = s;
  const url = `${account}/jobs`;
  const busy = new Map<string, number>();
  const each = (): void => {
    const at = clock.now();
    const inService = Object.entries(sim.world.groups["workers"]?.members ?? {}).filter(
      ([, { lifecycle }]) => lifecycle === "InService",
    );
    for (const [id] of inService) {
      if ((busy.get(id) ?? 0) > at) continue;
      busy.set(id, at + 10_000);
      void take(at);
    }
    if (at < startMs + toMs(until)) clock.at(at + 1_000, each);
  };
  const take = async (at: number): Promise<void> => {
    const got = (await sim.call("sqs", "ReceiveMessage", { QueueUrl: url })) as {
      Messages?: { ReceiptHandle: string }[];
    };
    const ReceiptHandle = got.Messages?.[0]?.ReceiptHandle;
    if (ReceiptHandle === undefined || fails()) return;
    clock.at(at + 10_000, () => void sim.call("sqs", "DeleteMessage", { QueueUrl: url, ReceiptHandle }));
  };
  clock.at(clock.now(), each);
}
