import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { changed, eventOf, textOf } from "./fixture.ts";

const text = textOf("budget.txt");
const forecast = {
  kind: "budget",
  account: "210987654321",
  region: "aws-global",
  budget: "inference, all of it",
  type: "Cost",
  alert: "forecasted",
  currency: "USD",
  budgeted: 1000,
  comparison: ">",
  threshold: 1200,
  amount: 12_345.6,
};

describe("a budget's notification", () => {
  it("is a plain text, and by itself as old as its day", () => {
    expect(readSignal(text)).toStrictEqual({
      ...forecast,
      eventId: expect.stringMatching(/^budget\/[0-9a-f]{32}$/),
      at: Date.UTC(2026, 2, 4),
    });
  });

  it("has the same id each time, and another one for another text", () => {
    const { eventId } = readSignal(text) as { eventId: string };

    expect(readSignal(text)).toMatchObject({ eventId });
    expect(readSignal(text.replace("12,345.60", "12,345.61"))).not.toMatchObject({ eventId });
  });

  it("has the id and the time of the SNS notification it came in", () => {
    expect(readSignal(eventOf("budget.sns.json"))).toStrictEqual({
      ...forecast,
      eventId: "0a5b8e1c-77c1-5f2a-9d53-d6a1c2b3e4f5",
      at: Date.UTC(2026, 2, 4, 10, 20, 30, 123),
    });
  });

  it("is read with the line ends of Windows, and with spaces at the ends of lines", () => {
    expect(readSignal(text.replaceAll("\n", " \r\n"))).toMatchObject(forecast);
  });

  it("about actual spend says so", () => {
    expect(readSignal(text.replaceAll("FORECASTED", "ACTUAL"))).toMatchObject({ ...forecast, alert: "actual" });
  });

  it.each([
    ["$0.59", 0.59],
    ["$1234567", 1_234_567],
    ["$1,234,567.89", 1_234_567.89],
    ["-$3.20", -3.2],
    ["-$0.00", 0],
  ])("takes %s for %d dollars", (written, amount) => {
    expect(readSignal(text.replace("$12,345.60\n\n", `${written}\n\n`))).toMatchObject({ amount, currency: "USD" });
  });

  it("may be in another currency, and in one only", () => {
    expect(readSignal(text.replaceAll("$", "€"))).toMatchObject({ currency: "€", amount: 12_345.6 });
    expect(readSignal(text.replaceAll("$", "INR "))).toMatchObject({ currency: "INR", amount: 12_345.6 });
    expect(readSignal(text.replace("Budgeted Amount: $", "Budgeted Amount: €"))).toMatchObject({
      kind: "unreadable",
      why: expect.stringMatching(/several currencies/),
    });
  });

  it.each(["$12.345,60", "$12,34", "$1,2345.00", "12,345.60", "$12,345.60 or so", "$", "$1e3", "80%", "100 GB", "$ 5"])(
    "does not guess at %s",
    (written) => {
      expect(readSignal(text.replace("$12,345.60\n\n", `${written}\n\n`))).toMatchObject({
        kind: "unreadable",
        why: expect.stringContaining("amount: "),
      });
    },
  );

  it.each(["March 44, 2026", "February 31, 2026", "Mars 4, 2026", "March 4, 1999", "4 March 2026"])(
    "does not guess at the day %s",
    (day) => {
      expect(readSignal(text.replace("March 4, 2026", day))).toMatchObject({
        kind: "unreadable",
        why: expect.stringContaining("day: "),
      });
    },
  );

  const factLines = text
    .split("\n")
    .filter((line) => /^(AWS Account|Budget|Alert|FORECASTED)[A-Za-z ]*:? \S/.test(line));

  it("has seven lines that matter, and is unreadable without any of them, and with any of them twice", () => {
    expect(factLines).toHaveLength(7);
    for (const line of factLines) {
      expect(readSignal(text.replace(`${line}\n`, ""))).toMatchObject({ kind: "unreadable" });
      expect(readSignal(`${text}\n${line}\n`)).toMatchObject({ kind: "unreadable" });
      expect(readSignal(text.replace(`${line}\n`, `> ${line}\n`))).toMatchObject({ kind: "unreadable" });
    }
  });

  it("cannot be contradicted from within its own sentence, or by the name of the budget", () => {
    const named = text.replaceAll("inference, all of it", "ACTUAL Amount: $1.00");

    expect(readSignal(named)).toMatchObject({ ...forecast, budget: "ACTUAL Amount: $1.00" });
  });

  it("whose alert and amount are of two kinds is unreadable", () => {
    expect(readSignal(text.replace("Alert Type: FORECASTED", "Alert Type: ACTUAL"))).toMatchObject({
      kind: "unreadable",
      why: expect.stringMatching(/another kind/),
    });
  });

  it("with anything changed is still whole, or unreadable", () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), fc.nat(3), (place, put, gone) => {
        const signal = readSignal(text.slice(0, place) + put + text.slice(place + gone));

        expect(["budget", "unreadable"]).toContain(signal.kind);
        expect(JSON.parse(JSON.stringify(signal))).toStrictEqual(signal);
        if (signal.kind === "budget") {
          expect(Number.isFinite(signal.budgeted + signal.threshold + signal.amount)).toBe(true);
          expect(signal.currency).not.toBe("");
        }
      }),
      { seed: 20260304, numRuns: 2_000 },
    );
  });
});

describe("a notification of SNS", () => {
  const inSns = (message: unknown) =>
    changed("budget.sns.json", "Message", typeof message === "string" ? message : JSON.stringify(message));

  it("is read from a Lambda record's Sns too, which spells two fields in another way", () => {
    const { SigningCertURL: _, UnsubscribeURL: __, ...rest } = eventOf("budget.sns.json") as Record<string, unknown>;

    expect(readSignal({ ...rest, SigningCertUrl: "none", UnsubscribeUrl: "none" })).toMatchObject(forecast);
  });

  it("may carry an event of EventBridge, which keeps its own id and time", () => {
    expect(readSignal(inSns(eventOf("alarm.json")))).toStrictEqual(readSignal(eventOf("alarm.json")));
  });

  it("is believed about spend only by its own account", () => {
    for (const message of [text, eventOf("cost-anomaly.message.json")]) {
      const { TopicArn: _, ...rest } = inSns(message) as Record<string, unknown>;
      expect(readSignal({ ...rest, TopicArn: "arn:aws:sns:eu-west-1:109876543210:spend" })).toMatchObject({
        kind: "unreadable",
        why: "a notification of SNS: about 210987654321, from a topic of 109876543210",
      });
    }
  });

  it.each([
    ["Hello", "a notification of SNS: Message: not JSON"],
    ["AWS Budgets has changed its mind", "a notification of SNS: Message: not JSON"],
    [{ AlarmName: "slow" }, "not an event: source: "],
  ])("with the message %j is unreadable, and shows how it began", (message, why) => {
    expect(readSignal(inSns(message))).toMatchObject({
      kind: "unreadable",
      why: expect.stringContaining(why),
      excerpt: expect.stringMatching(/^\{"Type":"Notification"/),
    });
  });

  it("is opened once: what is inside another is not looked at", () => {
    expect(readSignal(inSns(eventOf("budget.sns.json")))).toMatchObject({ kind: "unreadable" });
  });

  it("that asks to confirm a subscription is unreadable, for nobody here confirms one", () => {
    expect(readSignal(changed("budget.sns.json", "Type", "SubscriptionConfirmation"))).toMatchObject({
      kind: "unreadable",
      why: expect.stringContaining("a notification of SNS: Type: "),
    });
  });
});

describe("a cost anomaly", () => {
  const anomaly = {
    kind: "cost-anomaly",
    account: "210987654321",
    anomaly: "6f1d2c3b-abcd-ef12-3456-987654321a12",
    monitor: "arn:aws:ce::210987654321:anomalymonitor/abcdef12-1234-4ea0-84cc-918a97d736ef",
    dimension: "Amazon Bedrock",
    score: 0.47,
    spend: { impact: 1001.25, actual: 1301.25, expected: 300 },
    startsAt: Date.UTC(2026, 2, 2),
    endsAt: Date.UTC(2026, 2, 3),
    causes: [
      {
        account: "109876543210",
        region: "eu-west-1",
        service: "Amazon Bedrock",
        usageType: "EUW1-Tokens",
        contribution: 601,
      },
    ],
  };

  it("from EventBridge says where the spend is under one name", () => {
    expect(readSignal(eventOf("cost-anomaly.json"))).toStrictEqual({
      ...anomaly,
      eventId: "162c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at: Date.UTC(2026, 2, 4, 10, 20, 30),
      region: "eu-west-1",
    });
  });

  it("from SNS says it under another name, and has neither id nor time", () => {
    expect(readSignal(eventOf("cost-anomaly.message.json"))).toStrictEqual({
      ...anomaly,
      eventId: expect.stringMatching(/^6f1d2c3b-abcd-ef12-3456-987654321a12\/[0-9a-f]{32}$/),
      at: Date.UTC(2026, 2, 3),
      region: "aws-global",
    });
  });

  it("has the id and the time of the SNS notification it came in", () => {
    const envelope = changed("budget.sns.json", "Message", textOf("cost-anomaly.message.json"));

    expect(readSignal(envelope)).toMatchObject({
      ...anomaly,
      eventId: "0a5b8e1c-77c1-5f2a-9d53-d6a1c2b3e4f5",
      at: Date.UTC(2026, 2, 4, 10, 20, 30, 123),
    });
  });

  it("of which nothing is known but its size is read", () => {
    expect(
      readSignal(changed("cost-anomaly.json", "detail", { anomalyId: "a", impact: { totalImpact: 7 } })),
    ).toMatchObject({ anomaly: "a", spend: { impact: 7 }, causes: [] });
  });

  it("of no size is unreadable", () => {
    expect(readSignal(changed("cost-anomaly.json", "detail.impact.totalImpact", "1001"))).toMatchObject({
      kind: "unreadable",
      why: expect.stringContaining("detail.impact.totalImpact: "),
    });
  });
});
