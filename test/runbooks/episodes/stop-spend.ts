import { stopSpend } from "../../../runbooks/stop-spend.ts";
import { take } from "../../../src/engine/take.ts";
import { alarmEvent } from "../../support/alarm-event.ts";
import { chat } from "../../support/settings.ts";
import { course, instead, type RunbookEpisode } from "../episode.ts";

const tokens = { namespace: "AWS/Bedrock", name: "OutputTokenCount", dimensions: { ModelId: "researcher" } };
/** What a token costs, so that a million of them are a dollar. */
const usd = 1e-6;
const eventSource = "0a5b8e1c-77c1-4f2a-9d53-d6a1c2b3e4f5";
const perMinute = (usdPerHour: number) => usdPerHour / 60 / usd;

/** An agent that spends twice what was planned, and fed by a queue. It helps if it spends less four minutes later. */
export const stopSpendEpisode: RunbookEpisode = {
  runbook: stopSpend,
  settings: {
    services: [
      {
        ...chat,
        name: "research",
        alarms: [],
        spend: {
          spenders: [
            {
              name: "researcher",
              usdPerHour: 10,
              uses: [{ ...tokens, usd }],
              function: "researcher",
              heldTo: 2,
              eventSource,
              workGroup: "research",
            },
          ],
          alarms: ["researcher-spend"],
        },
      },
    ],
  },
  seed({ sim, clock }, helps) {
    sim.seed.lambdaFunction({ name: "researcher" });
    const source = "arn:aws:sqs:us-east-2:123456789012:questions";
    sim.seed.eventSourceMapping({ id: eventSource, function: "researcher", source });
    sim.seed.query({ workGroup: "research" });
    const much = [{ minutes: -30 }, perMinute(20)] as const;
    const samples = course(clock, helps ? [much, [{ minutes: 4 }, perMinute(6)]] : [much]);
    sim.seed.metric({ ...tokens, samples });
  },
  trouble: async (s) => void (await take(s.world, alarmEvent("researcher-spend", s.clock.now()))),
  over: { hours: 3 },
  shows: ({ sim }) => ({
    reserved: sim.world.functions["researcher"]?.reserved,
    feeding: sim.world.mappings[eventSource]?.state,
  }),
  healed: { reserved: undefined, feeding: "Enabled" },
  less: instead("lambda.limit-concurrency", { concurrency: 5 }),
};
