import { describe, expect, it } from "vitest";
import { calmThenSpike, csv, file, run, runJson, spaced, start } from "./given.ts";

const spikeFrom = start + 180 * 60_000;
const inSpike = (at: string): boolean => Date.parse(at) >= spikeFrom && Date.parse(at) < spikeFrom + 10 * 60_000;

describe("a series", () => {
  it.each([
    ["with spaces, in UTC", spaced],
    ["in ISO 8601", (at: number) => new Date(at).toISOString()],
    ["in epoch seconds", (at: number) => String(at / 1_000)],
    ["in epoch milliseconds", String],
  ])("with times %s gives the same anomaly", async (_, time) => {
    const { exit, anomalies, events, unreadable } = await runJson([file("latency.csv", csv(calmThenSpike(), time))]);

    expect({ exit, events, unreadable }).toEqual({ exit: 0, events: 240, unreadable: 0 });
    expect(anomalies).toHaveLength(1);
    expect(inSpike(anomalies[0]?.at ?? "")).toBe(true);
    expect(anomalies[0]?.score).toBeGreaterThan(0);
    expect(anomalies[0]?.why).toContain("expected");
  });

  it("needs no header, and other columns may stand beside the two", async () => {
    const bare = csv(calmThenSpike()).replace("timestamp,value\n", "");
    const wide = `host,Value,Timestamp\n${calmThenSpike()
      .map(([at, value]) => `a,"${value}",${spaced(at)}`)
      .join("\n")}`;

    for (const text of [bare, wide]) expect((await runJson([file("a.csv", text)])).anomalies).toHaveLength(1);
  });

  it("of no service is judged, nothing answers, and it says what would connect it", async () => {
    const { incidents, anomalies, err } = await runJson([file("latency.csv", csv(calmThenSpike()))]);

    expect(incidents).toEqual([]);
    expect(anomalies[0]?.answer).toContain("services[].latency in paramedic.config.ts");
    expect(err).toContain("--service chat");
  });

  it("of a service leads to what the bot would do for the service", async () => {
    const { incidents, anomalies, err } = await runJson([
      file("latency.csv", csv(calmThenSpike())),
      "--service",
      "chat",
    ]);

    expect(anomalies).toMatchObject([{ series: "Paramedic LatencyMs Average, Service=chat" }]);
    expect(incidents).toMatchObject([
      { runbook: "degrade", decision: "ask", plan: [{ action: "level.set", does: "set chat to limited" }] },
    ]);
    expect(anomalies[0]?.answer).toBe(`incident ${incidents[0]?.id}`);
    expect(err).toBe("");
  });

  it("may be in seconds", async () => {
    const path = file("latency.csv", csv(calmThenSpike({ times: 0.001 })));
    const [seconds, milliseconds] = [
      await runJson([path, "--service", "chat", "--unit", "s"]),
      await runJson([path, "--service", "chat"]),
    ];

    expect(seconds.incidents).toHaveLength(1);
    expect(milliseconds.incidents).toEqual([]);
    expect(milliseconds.anomalies[0]?.answer).toContain("below the 1500 ms");
  });

  it("that gets too slow again after the first plan is over leads to a second incident", async () => {
    const calm = calmThenSpike({ points: 600, spikeAt: 180 });
    const again = calmThenSpike({ points: 600, spikeAt: 480 });
    const both = calm.map((point, i): [number, number] => (i < 400 ? point : (again[i] ?? point)));
    const { incidents } = await runJson([file("latency.csv", csv(both)), "--service", "chat"]);

    expect(incidents.map(({ id }) => id.split("-")[1])).toEqual(["1", "2"]);
  });

  it("too short for a judgement is insufficient evidence", async () => {
    const { exit, out } = await run([file("short.csv", csv(calmThenSpike({ points: 30 })))]);

    expect(exit).toBe(0);
    expect(out).toContain("insufficient evidence: nothing said about 30 (learning what is normal)");
  });

  it("is drawn, with its anomalies marked", async () => {
    const { out } = await run([file("latency.csv", csv(calmThenSpike()))]);
    const lines = out.split("\n");
    const picture = lines.findIndex((line) => /[▁█]{20}/.test(line));

    expect(lines[picture]?.[lines[picture + 1]?.indexOf("▲") ?? -1]).toBe("█");
  });

  it("leaves points out that are older than one before, and tells where they begin", async () => {
    const rows = csv(calmThenSpike()).split("\n");
    const path = file("back.csv", [...rows.slice(0, 10), rows[5], rows[6], ...rows.slice(10)].join("\n"));
    const { exit, late, anomalies, problems } = await runJson([path]);

    expect({ exit, late, anomalies: anomalies.length }).toEqual({ exit: 0, late: 2, anomalies: 1 });
    expect(problems).toMatchObject([{ line: 11, what: expect.stringContaining("of line 10") }]);
  });
});

describe("what get-metric-data prints", () => {
  const result = (id: string, points: readonly [number, number][]) => ({
    Id: id,
    Label: `${id} label`,
    Timestamps: points.map(([at]) => new Date(at).toISOString().replace("Z", "+00:00")),
    Values: points.map(([, value]) => value),
    StatusCode: "Complete",
  });
  const printed = (...results: object[]) =>
    file("data.json", JSON.stringify({ MetricDataResults: results, Messages: [] }, null, 4));

  it("is a series for each result, newest or oldest first", async () => {
    const points = calmThenSpike();
    const { anomalies, series } = await runJson([printed(result("m1", points), result("m2", points.toReversed()))]);

    expect(series.map(({ points }) => points)).toEqual([240, 240]);
    expect(anomalies.map(({ at }) => inSpike(at))).toEqual([true, true]);
    expect(new Set(anomalies.map(({ series }) => series.split(" ").slice(1).join(" ")))).toEqual(
      new Set(["m1 m1 label", "m2 m2 label"]),
    );
  });

  it("is one series when its pages are printed one after the other", async () => {
    const points = calmThenSpike();
    const path = printed(result("m1", points.slice(120)), result("m1", points.slice(0, 120)));
    const { incidents, series } = await runJson([path, "--service", "chat"]);

    expect(series).toMatchObject([{ points: 240 }]);
    expect(incidents).toHaveLength(1);
  });

  it("with several series cannot be one service", async () => {
    const path = printed(result("m1", calmThenSpike()), result("m2", calmThenSpike()));

    await expect(run([path, "--service", "chat"])).rejects.toThrow("has several series, and --service chat is one");
  });

  it("with a value that is none is refused, naming its place", async () => {
    const { exit, err } = await run([printed({ ...result("m1", calmThenSpike({ points: 2 })), Values: [1, "x"] })]);

    expect(exit).toBe(2);
    expect(err).toContain("line 1: result m1, Values[1] is not a number");
  });
});
