import { redrive } from "../../../runbooks/redrive.ts";
import { take } from "../../../src/engine/take.ts";
import { alarmEvent } from "../../support/alarm-event.ts";
import { chat } from "../../support/settings.ts";
import { later, type RunbookEpisode } from "../episode.ts";

const account = "https://sqs.us-east-2.amazonaws.com/123456789012";
const url = `${account}/mail`;
const letters = 30;

/** Dead letters whose cause is gone. It helps unless it is not: then whoever receives them fails, and they come back. */
export const redriveEpisode: RunbookEpisode = {
  runbook: redrive,
  settings: {
    services: [
      {
        ...chat,
        name: "mail",
        alarms: [],
        queue: {
          url,
          deadLetters: `${account}/mail-dead`,
          workers: { kind: "group", group: "mail" },
          secondsPerMessage: 10,
          workersMax: 4,
        },
      },
    ],
  },
  seed({ sim, clock }, helps) {
    sim.seed.queue({ name: "mail-dead", messages: Array.from({ length: letters }, (_, i) => `${i}`) });
    sim.seed.queue({ name: "mail", visibilitySeconds: 30, deadLetter: { queue: "mail-dead", maxReceives: 3 } });
    sim.seed.group({ name: "mail", zones: ["us-east-2a"], type: "c6i.large", size: 2, max: 4, spot: true });
    if (helps) return;
    for (let seconds = 20; seconds < 1_200; seconds += 20) {
      later(clock, { seconds }, () => sim.call("sqs", "ReceiveMessage", { QueueUrl: url, MaxNumberOfMessages: 10 }));
    }
  },
  trouble: async (s) => {
    const metric = { name: "ApproximateNumberOfMessagesVisible", queue: "mail-dead" };
    await take(s.world, alarmEvent("mail-dead-waiting", s.clock.now(), { metric }));
  },
  over: { hours: 2 },
  shows: ({ sim }) => ({
    dead: Object.keys(sim.world.queues[`${account}/mail-dead`]?.messages ?? {}).length,
    moving: Object.values(sim.world.moveTasks).filter(({ state }) => state === "RUNNING").length,
  }),
  healed: { dead: 0, moving: 0 },
  less: (plan) => {
    const second = plan.steps.findLastIndex((step) => step.kind === "action" && step.action === "sqs.redrive");
    return { without: [second] };
  },
};
