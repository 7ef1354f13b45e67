import { describe, expect, it } from "vitest";
import { alarm, ecsChange, file, instance, run, runJson, settingsOf, spotWarning, start } from "./given.ts";

const json = (value: unknown, indent?: number) => file("event.json", JSON.stringify(value, null, indent));

describe("a spot warning", () => {
  it("is planned in full by the engine, and would be acted on where the runbook may act by itself", async () => {
    const { exit, incidents, events, signals, unreadable } = await runJson([json(spotWarning(instance(1)), 2)]);

    expect({ exit, events, signals, unreadable }).toEqual({ exit: 0, events: 1, signals: 1, unreadable: 0 });
    expect(incidents).toMatchObject([{ runbook: "spot-interruption", decision: "act", seen: 1 }]);
    expect(incidents[0]?.plan.map(({ action }) => action)).toEqual([
      "autoscaling.launch-replacement",
      "sqs.release-messages",
      "elb.deregister-target",
      "ecs.drain-instance",
      "autoscaling.detach-instance",
      "pool.quarantine",
    ]);
    expect(incidents[0]?.plan[1]?.does).toBe("give 2 messages back to assumed-queue");
    expect(incidents[0]?.assuming).toContain(`${instance(1)} is a running spot g5.xlarge`);
  });

  it("is told in words, with each step and its way back, what was assumed and why it would act", async () => {
    const { out, err } = await run([json(spotWarning(instance(1)))]);

    expect(out).toContain(`EC2 is about to terminate spot instance ${instance(1)}`);
    expect(out).toMatch(/1\. {2}launch a replacement for i-\S+ in eu-west-1b/);
    expect(out).toContain("can be undone");
    expect(out).toContain("decision  would act");
    expect(out).toContain("spot-interruption is set to auto");
    expect(out).toContain("Assuming");
    expect(out).not.toContain("\u001b");
    expect(err).toBe("");
  });

  it.each([
    ["approve", "ask", "Alex or Sam may decide, within 30 min"],
    ["observe", "observe", "is set to observe"],
    [undefined, "observe", "has no autonomy in the settings"],
  ] as const)("set to %s would lead to: %s", async (autonomy, decision, why) => {
    const settings = settingsOf({ autonomy: autonomy ? { "spot-interruption": autonomy } : {} });
    const { incidents } = await runJson([json(spotWarning(instance(1)))], { settings });

    expect(incidents[0]).toMatchObject({ decision, why: expect.stringContaining(why) });
    expect(incidents[0]?.plan).toHaveLength(6);
  });

  it("is too late when now is after its deadline", async () => {
    const late = await runJson([json(spotWarning(instance(1))), "--now", new Date(start + 300_000).toISOString()]);
    const inTime = await runJson([json(spotWarning(instance(1))), "--now", new Date(start + 60_000).toISOString()]);

    expect(late.incidents).toMatchObject([{ decision: "expired", why: "it reached us 180 s too late", plan: [] }]);
    expect(inTime.incidents).toMatchObject([{ decision: "act" }]);
  });

  it("keeps what still fits when there is little time left, and what ends that well", async () => {
    const { incidents } = await runJson([json(spotWarning(instance(1))), "--now", String(start + 117_000)]);

    expect(incidents[0]?.plan.map(({ action }) => action)).toEqual([
      "sqs.release-messages",
      "elb.deregister-target",
      // Not launched for want of time: taken out all the same, so that the group fills its place at once.
      "autoscaling.detach-instance",
    ]);
  });

  it("said three times is one incident", async () => {
    const repeats = [start, start + 1_000, start].map((at) => JSON.stringify(spotWarning(instance(1), at)));
    const { incidents, signals } = await runJson([file("events.jsonl", repeats.join("\n"))]);

    expect(signals).toBe(3);
    expect(incidents).toMatchObject([{ seen: 3 }]);
  });

  it("beyond the limit of the runbook would be refused", async () => {
    const storm = Array.from({ length: 32 }, (_, n) => spotWarning(instance(n), start + n * 1_000));
    const { incidents } = await runJson([json(storm)]);

    expect(incidents.map(({ decision }) => decision).filter((decision) => decision === "act")).toHaveLength(30);
    expect(incidents.at(-1)).toMatchObject({ decision: "refused", why: expect.stringContaining("its limit") });
  });

  it("without a cluster in the settings is planned without draining", async () => {
    const { incidents } = await runJson([json(spotWarning(instance(1)))], { settings: settingsOf({ clusters: [] }) });

    expect(incidents[0]?.plan.map(({ action }) => action)).not.toContain("ecs.drain-instance");
  });
});

describe("an alarm", () => {
  it("of a service would have the service degraded, if a person agrees", async () => {
    const path = json(alarm("chat-latency-high", { recent: 2_400 }));
    const { incidents } = await runJson([path]);

    expect(incidents).toMatchObject([
      { runbook: "degrade", decision: "ask", plan: [{ action: "level.set", does: "set chat to limited" }] },
    ]);
    expect(incidents[0]?.assuming).toBe("chat is at level full and still answers in 2400 ms");
    expect((await run([path])).out).toContain("would ask Alex\n");
  });

  it("that says no number is taken for as slow as the settings call high", async () => {
    const { incidents } = await runJson([json(alarm("chat-latency-high"))]);

    expect(incidents[0]).toMatchObject({ decision: "ask", assuming: expect.stringContaining("1500 ms") });
  });

  it("below what the settings call high has recovered by itself", async () => {
    const { incidents } = await runJson([json(alarm("chat-latency-high", { recent: 900 }))]);

    expect(incidents).toMatchObject([{ decision: "skipped", why: "chat has recovered by itself", plan: [] }]);
  });

  it("that is muted leads to nothing, and it says who would answer otherwise", async () => {
    const { incidents, heard } = await runJson([
      json(alarm("chat-latency-high", { muteDetail: { mutedByArn: "rule-7" } })),
    ]);

    expect(incidents).toEqual([]);
    expect(heard).toMatchObject([
      { kind: "alarm", answer: "muted", why: "muted by rule-7; otherwise degrade would answer" },
    ]);
  });

  it("of nobody says which setting would connect it", async () => {
    const { incidents, heard } = await runJson([json(alarm("disk-full"))]);

    expect(incidents).toEqual([]);
    expect(heard).toMatchObject([
      { answer: "not-ours", why: expect.stringContaining('add "disk-full" to services[].alarms') },
    ]);
  });
});

describe("a file of events", () => {
  it("is read as an array, as lines, and as pretty-printed objects one after the other", async () => {
    const events = [ecsChange(), spotWarning(instance(1)), ecsChange()];
    const lines = events.map((event) => JSON.stringify(event)).join("\r\n");
    const pretty = events.map((event) => JSON.stringify(event, null, 2)).join("\n");

    for (const text of [JSON.stringify(events), JSON.stringify(events, null, 2), lines, pretty]) {
      const { events: count, signals, unknown, incidents } = await runJson([file("events.txt", text)]);
      expect({ count, signals, unknown }).toEqual({
        count: 3,
        signals: 1,
        unknown: { "ECS Deployment State Change (aws.ecs)": 2 },
      });
      expect(incidents).toHaveLength(1);
    }
  });

  it("may come from standard input", async () => {
    const { incidents, exit } = await runJson(["-"], { stdin: JSON.stringify(spotWarning(instance(1))) });

    expect({ exit, incidents: incidents.length }).toEqual({ exit: 0, incidents: 1 });
  });

  it("of events without a reader is an answer, not an error", async () => {
    const { exit, out } = await run([json(ecsChange())]);

    expect(exit).toBe(0);
    expect(out).toContain("1 × ECS Deployment State Change (aws.ecs): no reader");
    expect(out).toContain("none: the bot would do nothing");
  });

  it("with a broken line tells the line and replays the others", async () => {
    const good = Array.from({ length: 16 }, () => JSON.stringify(ecsChange()));
    const path = file(
      "events.jsonl",
      [...good, '{"version":"0","id":', JSON.stringify(spotWarning(instance(1)))].join("\n"),
    );
    const { exit, err, unreadable, incidents, problems } = await runJson([path]);

    expect({ exit, unreadable, incidents: incidents.length }).toEqual({ exit: 0, unreadable: 1, incidents: 1 });
    expect(err).toContain(`${path}, line 17, column 21: not JSON: the text ends where a value should be`);
    expect(problems).toMatchObject([{ file: path, line: 17, column: 21 }]);
  });

  it("names the line of an event in an array that is not what it says it is", async () => {
    const wrong = { ...spotWarning(instance(1)), detail: {} };
    const { problems, unreadable, exit } = await runJson([json([ecsChange(), wrong], 1)]);

    const line = JSON.stringify([ecsChange()], null, 1).split("\n").length;
    expect({ exit, unreadable }).toEqual({ exit: 0, unreadable: 1 });
    expect(problems).toMatchObject([{ line, what: "detail.instance-id: missing" }]);
  });

  it("is replayed although another one is wrong, and the exit code tells", async () => {
    const { exit, incidents, err } = await runJson(["nowhere.json", json(spotWarning(instance(1)))]);

    expect({ exit, incidents: incidents.length }).toEqual({ exit: 2, incidents: 1 });
    expect(err).toContain("nowhere.json: there is no such file");
  });
});

describe("the objects of a metric stream", () => {
  const line = (account: string, at: number, value: unknown) =>
    JSON.stringify({
      metric_stream_name: "all",
      account_id: account,
      region: "eu-west-1",
      namespace: "Paramedic",
      metric_name: "LatencyMs",
      dimensions: { Service: "chat" },
      timestamp: at,
      value,
    });
  const of = (value: number) => ({ count: 1, sum: value, max: value, min: value });

  it("are scored by series, and a bad line is told and passed over", async () => {
    const lines = Array.from({ length: 70 }, (_, i) => line("1", start + i * 60_000, of(700 + (i % 5))));
    const path = file(
      "stream.ndjson",
      [...lines, line("1", start + 70 * 60_000, { count: 0, sum: 1, max: 1 })].join("\n"),
    );
    const { exit, events, signals, unreadable, series, problems } = await runJson([path]);

    expect({ exit, events, signals, unreadable }).toEqual({ exit: 0, events: 71, signals: 70, unreadable: 1 });
    expect(series.map(({ series, points, scored }) => [series, points, scored])).toEqual(
      ["Average", "Maximum", "Sum"].map((stat) => [`Paramedic LatencyMs ${stat}, Service=chat`, 70, 10]),
    );
    expect(problems).toMatchObject([{ line: 71 }]);
  });

  it("of two accounts do not spoil each other", async () => {
    const lines = ["1", "2"].flatMap((account) => [line(account, start, of(1)), line(account, start + 60_000, of(2))]);
    const { unreadable, signals } = await runJson([file("stream.ndjson", lines.join("\n"))]);

    expect({ unreadable, signals }).toEqual({ unreadable: 0, signals: 4 });
  });
});
