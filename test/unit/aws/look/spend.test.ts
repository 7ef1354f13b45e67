import { afterEach, describe, expect, it } from "vitest";
import { take } from "../../../../src/engine/take.ts";
import { tokenDimensions, tokenMetric } from "../../../../src/signals/token-series.ts";
import { chat, settingsOf } from "../../../support/settings.ts";
import { type Stack, stack, startMs } from "../../../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const account = "123456789012";
const agent = { name: "researcher", models: { claude: { input: 3, output: 15 } } };
const given = (spender: object) => {
  const services = [{ ...chat, spend: { spenders: [{ name: "researcher", usdPerHour: 5, agent, ...spender }] } }];
  s = stack({ settings: settingsOf({ services }) });
};

/** What a meter reports: so many tokens of a kind, so many seconds ago. */
async function reports(
  type: "input" | "output",
  ...points: readonly (readonly [secondsAgo: number, tokens: number])[]
) {
  const series = { name: "researcher", operation: "chat", provider: "aws.bedrock", model: "claude", type };
  const dimensions = tokenDimensions(series);
  await take(s.world, {
    version: "0",
    id: `m-${type}`,
    "detail-type": "Paramedic Metric Sample",
    source: "paramedic.client",
    account,
    time: new Date(startMs).toISOString(),
    region: "us-east-2",
    resources: [],
    detail: {
      points: points.map(([ago, value]) => ({ ...tokenMetric, value, dimensions, timestamp: startMs - ago * 1_000 })),
    },
  });
}
const spending = () => s.world.look.spending("chat", account);
const measured = (usdPerHour: number) => ({
  spender: "researcher",
  kind: "measured",
  usdPerHour: expect.closeTo(usdPerHour),
});

describe("what an agent spends", () => {
  it("is what the tokens of the last five minutes cost, for an hour", async () => {
    given({});
    await reports("input", [400, 9e9], [200, 100_000], [10, 100_000]);
    await reports("output", [100, 20_000]);
    // 0.2 M at $3 and 0.02 M at $15 in five minutes, twelve of which are an hour.
    expect(await spending()).toMatchObject([measured(12 * (0.6 + 0.3))]);
  });

  it("is nothing once it reports no more", async () => {
    given({});
    await reports("output", [900, 1e6], [600, 1e6]);
    expect(await spending()).toMatchObject([measured(0)]);
  });

  it("is taken over a shorter time where it reports so much that more is not kept", async () => {
    given({});
    await reports("output", ...Array.from({ length: 120 }, (_, i): [number, number] => [119 - i, 1_000]));
    // Of 90 kept reports the oldest says from when on they are known: 89 of them in 89 s.
    expect(await spending()).toMatchObject([measured(89 * 0.015 * (3_600 / 89))]);
  });

  it("is not known while it has never reported, and other uses are added", async () => {
    given({});
    expect(await spending()).toEqual([
      { spender: "researcher", plannedUsdPerHour: 5, kind: "unmeasured", why: "nothing was counted of researcher" },
    ]);
    s.close();
    const scanned = { namespace: "AWS/Athena", name: "ProcessedBytes" };
    given({ uses: [{ ...scanned, usd: 5e-12 }] });
    s.sim.seed.metric({ ...scanned, samples: [[startMs - 180_000, 1e12]] });
    expect(await spending()).toMatchObject([measured(60)]);
  });
});
