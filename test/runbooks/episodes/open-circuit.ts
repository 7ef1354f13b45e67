import { openCircuit } from "../../../runbooks/open-circuit.ts";
import { lookAtCircuit } from "../../../src/client/circuit/stored.ts";
import { dynamoTable, tableNameOf } from "../../../src/aws/table.ts";
import { take } from "../../../src/engine/take.ts";
import { alarmEvent } from "../../support/alarm-event.ts";
import { chat } from "../../support/settings.ts";
import { course, type RunbookEpisode } from "../episode.ts";

const circuit = "bedrock/claude";
const latency = { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "assistant" } };

/** A model that fails, which nobody calls once its circuit is open. It helps if the service is fast without it. */
export const openCircuitEpisode: RunbookEpisode = {
  runbook: openCircuit,
  settings: {
    services: [
      {
        ...chat,
        name: "assistant",
        latency,
        alarms: [],
        dependencies: [{ circuit, alarms: ["claude-errors"], openMinutes: 5 }],
      },
    ],
  },
  seed({ sim, clock }, helps) {
    sim.seed.metric({
      ...latency,
      samples: course(
        clock,
        helps
          ? [
              [{ minutes: -5 }, 2_400],
              [{ minutes: 1 }, 800],
            ]
          : [[{ minutes: -5 }, 2_400]],
        {
          every: { seconds: 30 },
        },
      ),
    });
  },
  trouble: async (s) => void (await take(s.world, alarmEvent("claude-errors", s.clock.now()))),
  over: { hours: 2 },
  shows: async ({ world: { reading, settings, clock } }) => {
    const table = dynamoTable(reading.dynamodb, tableNameOf(settings.stage));
    const { state } = await lookAtCircuit(table, circuit, clock);
    return "by" in state ? `held ${state.kind}` : "its callers' own";
  },
  healed: "its callers' own",
  less: () => ({ leaseMinutes: 2 }),
};
