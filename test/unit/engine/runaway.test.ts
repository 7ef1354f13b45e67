import { afterEach, describe, expect, it } from "vitest";
import { take } from "../../../src/engine/take.ts";
import { tokenSeries } from "../../../src/signals/token-series.ts";
import { chat } from "../../support/settings.ts";
import { settingsOf, type Stack, stack, startMs } from "../../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const agent = { name: "researcher", models: { large: { input: 3, output: 10 } } };
const series = tokenSeries({
  name: "researcher",
  operation: "chat",
  provider: "aws.bedrock",
  model: "large",
  type: "output",
});
/** What ten dollars an hour pay for in ten seconds. */
const planned = 10 / 360 / (10 / 1e6);

/** The reports of ten seconds each at so many times the plan, and which of them opened an incident or were told to one. */
async function reports(...times: readonly number[]): Promise<number[]> {
  s = stack({
    settings: settingsOf({
      services: [{ ...chat, spend: { spenders: [{ name: "researcher", usdPerHour: 10, agent }] } }],
    }),
  });
  const told: number[] = [];
  for (const [index, share] of times.entries()) {
    const at = startMs + index * 10_000;
    s.clock.advanceTo(at);
    const { received } = await take(s.world, {
      version: "0",
      id: `tokens-${at}`,
      "detail-type": "Paramedic Metric Sample",
      source: "paramedic.client",
      account: s.sim.world.account,
      time: new Date(at).toISOString(),
      region: s.sim.world.region,
      resources: [],
      detail: {
        namespace: series.namespace,
        points: [
          { name: series.name, value: share * planned, unit: "{token}", dimensions: series.dimensions, timestamp: at },
        ],
      },
    });
    if (received.some(({ kind }) => kind === "incident")) told.push(index);
  }
  return told;
}

describe("an agent's reports", () => {
  it("of more than ten times its plan over half a minute are told at once, by series too new for the detector, and once", async () => {
    expect(await reports(0.5, 0.5, 0.5, 0.5, 40, 40, 40, 40)).toEqual([4]);
    expect((await s.world.incidents.recent(1))[0]?.title).toContain("may be spending too much");
  });

  it("are told again where it was held and runs away again", async () => {
    expect(await reports(1, 1, 1, 1, 40, 40, 1, 1, 1, 1, 40, 40)).toEqual([4, 10]);
  });

  it("of nine times its plan, and one large report, are not", async () => {
    expect(await reports(1, 1, 1, 1, 9, 9, 9, 9, 9, 9, 1, 1, 1, 25, 1, 1, 1)).toEqual([]);
  });
});
