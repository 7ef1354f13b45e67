import { scaleQueue } from "../../../runbooks/scale-queue.ts";
import { take } from "../../../src/engine/take.ts";
import { alarmEvent } from "../../support/alarm-event.ts";
import { chat } from "../../support/settings.ts";
import type { AnyStack } from "../../support/stack.ts";
import { instead, later, type RunbookEpisode } from "../episode.ts";

const url = "https://sqs.us-east-2.amazonaws.com/123456789012/work";
const fill = ({ sim }: AnyStack, messages: number) =>
  sim.seed.queue({ name: "work", messages: Array.from({ length: messages }, (_, i) => `${i}`) });

/** A queue that two workers cannot get through in time. It helps if the work is done ten minutes later. */
export const scaleQueueEpisode: RunbookEpisode = {
  runbook: scaleQueue,
  settings: {
    services: [
      {
        ...chat,
        name: "digest",
        alarms: [],
        queue: { url, workers: { kind: "group", group: "work" }, secondsPerMessage: 10, workersMax: 20 },
      },
    ],
  },
  seed(s, helps) {
    fill(s, 600);
    s.sim.seed.group({ name: "work", zones: ["us-east-2a"], type: "c6i.large", size: 2, max: 4, spot: true });
    if (helps) later(s.clock, { minutes: 10 }, () => fill(s, 0));
  },
  trouble: async (s) => {
    const metric = { name: "ApproximateAgeOfOldestMessage", queue: "work" };
    await take(s.world, alarmEvent("work-too-old", s.clock.now(), { metric }));
  },
  over: { hours: 6 },
  shows: ({ sim }) => {
    const { min, max, desired } = sim.world.groups["work"] ?? {};
    return { min, max, desired };
  },
  healed: { min: 0, max: 4, desired: 2 },
  less: instead("autoscaling.set-bounds", { min: 9, max: 9 }),
};
