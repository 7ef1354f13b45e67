import { z } from "zod";
import type { Packaged } from "../packaged.ts";
import { prices } from "./prices.ts";
import type { Rates } from "./rates.ts";
import { detectorKb, logKb, seconds, uses } from "./uses.ts";

/** One line of the bill, for a month. */
export interface Line {
  readonly what: string;
  readonly amount: number;
  readonly unit: string;
  readonly usd: number;
  /** What makes it grow, and what keeps it from growing. */
  readonly grows: string;
}

const hoursPerMonth = 730;
const minutesPerMonth = hoursPerMonth * 60;
const daysPerMonth = hoursPerMonth / 24;
/** What watch sends itself every fifth minute: a sample, and the execution that it starts. */
const canarySamples = minutesPerMonth / 5;
/** Lambda polls a queue with five pollers that wait for up to 20 s: so many empty answers in a month. */
const emptyPolls = 5 * 3 * minutesPerMonth;

const lambda = z.object({ FunctionName: z.string(), MemorySize: z.number() });
const logGroup = z.object({ RetentionInDays: z.number() });

/** What the stack costs in a month: the settings of its own template, and what one event uses, times the rates. */
export function billOf(stack: readonly Packaged[], rates: Rates): Line[] {
  const of = (type: string) => stack.filter((one) => one.type === type);
  const memoryGb = (name: string): number => {
    const found = of("AWS::Lambda::Function")
      .map(({ properties }) => lambda.parse(properties))
      .find(({ FunctionName }) => FunctionName.endsWith(`-${name}`));
    return (found?.MemorySize ?? 0) / 1_024;
  };
  const retentionDays = Math.max(
    ...of("AWS::Logs::LogGroup").map(({ properties }) => logGroup.parse(properties).RetentionInDays),
  );

  const { interruptions, incidents, events, clicks } = rates;
  const sent = rates.series * rates.samplesPerHour * hoursPerMonth;
  const samples = sent + canarySamples;
  const sampleEvents = sent / rates.seriesPerEvent + canarySamples;
  // A batch of ten is one run; samples that come one by one are a run each.
  const intakeRuns = events + incidents + sampleEvents;
  const learnt = rates.series * daysPerMonth;
  const remediations = (interruptions + incidents) * 3 + canarySamples * 2;
  const runs = intakeRuns + minutesPerMonth + hoursPerMonth + clicks + interruptions + remediations;
  const gbSeconds =
    (events + incidents) * seconds.receive * memoryGb("intake") +
    samples * seconds.score * memoryGb("intake") +
    interruptions * seconds.receive * memoryGb("spot") +
    ((interruptions + incidents) * seconds.remediate + canarySamples * seconds.canary) * memoryGb("remediate") +
    minutesPerMonth * seconds.round * memoryGb("watch") +
    clicks * seconds.click * memoryGb("slack") +
    learnt * seconds.learn * memoryGb("learn");

  const operations =
    interruptions * uses.interruption.operations +
    incidents * uses.incident.operations +
    canarySamples * uses.canary.operations;
  const writtenGb = (interruptions * uses.interruption.writtenKb + incidents * uses.incident.writtenKb) / 1e6;
  const tableReads =
    interruptions * uses.interruption.reads +
    incidents * uses.incident.reads +
    events * uses.event.reads +
    minutesPerMonth * uses.round.reads;
  const tableWrites =
    interruptions * uses.interruption.writes + incidents * uses.incident.writes + events * uses.event.writes;
  const storedGb = (rates.series * detectorKb + (interruptions + incidents) * 20) / 1e6;
  const logsGb = (runs * logKb) / 1e6;

  const line = (what: string, amount: number, unit: string, usd: number, grows: string): Line => ({
    what,
    amount: Math.round(amount * 1_000) / 1_000,
    unit,
    usd: Math.round(usd * 100) / 100,
    grows,
  });
  return [
    line(
      "detectors in the table",
      samples * (uses.sample.writes + uses.sample.reads),
      "request units",
      (samples *
        (uses.sample.writes * prices.dynamodb.perMillionWrites + uses.sample.reads * prices.dynamodb.perMillionReads)) /
        1e6,
      "with every sample of every series: send once a minute, and only what matters",
    ),
    line(
      "the rest of the table",
      tableReads + tableWrites,
      "request units",
      (tableReads * prices.dynamodb.perMillionReads + tableWrites * prices.dynamodb.perMillionWrites) / 1e6,
      "with incidents, which the limits of the runbooks bound",
    ),
    line(
      "what the table keeps, with its backup",
      storedGb,
      "GB",
      storedGb * (prices.dynamodb.perGbMonth + prices.dynamodb.backupPerGbMonth),
      "with series and incidents; items end by themselves",
    ),
    line(
      "functions",
      gbSeconds,
      "GB-seconds",
      gbSeconds * prices.lambda.perGbSecondArm + (runs / 1e6) * prices.lambda.perMillionRequests,
      "with samples; the round of every minute is always there",
    ),
    line(
      "durable executions",
      operations,
      "operations",
      (operations / 1e6) * prices.durable.perMillionOperations +
        writtenGb * (prices.durable.perGbWritten + prices.durable.perGbMonth),
      "with incidents; waiting costs nothing",
    ),
    line(
      "queues",
      emptyPolls + 3 * intakeRuns,
      "requests",
      ((emptyPolls + 3 * intakeRuns) / 1e6) * prices.sqs.perMillionRequests,
      "with events; asking an empty queue is most of it",
    ),
    line(
      "events on the bus of the workloads",
      sampleEvents,
      "events",
      (sampleEvents / 1e6) * prices.events.perMillionCustom,
      "with samples: put the series of a workload into one event",
    ),
    line(
      "logs",
      logsGb,
      "GB",
      logsGb * (prices.logs.perGbIngested + (prices.logs.perGbMonth * retentionDays) / 30),
      `with runs; kept for ${retentionDays} days`,
    ),
    line(
      "alarms, dashboard and metrics of the bot itself",
      of("AWS::CloudWatch::Alarm").length,
      "alarms",
      of("AWS::CloudWatch::Alarm").length * prices.cloudwatch.perAlarm +
        of("AWS::CloudWatch::Dashboard").length * prices.cloudwatch.perDashboard +
        ownMetrics * prices.cloudwatch.perMetric,
      "with nothing",
    ),
    line(
      "looking at metrics of services",
      (interruptions + incidents) * 20,
      "metrics read",
      ((interruptions + incidents) * 20 * prices.cloudwatch.perThousandMetricsRead) / 1_000,
      "with incidents that wait for a service to recover",
    ),
    line(
      "models of series, made anew every day",
      learnt,
      "models",
      (learnt * (prices.cloudwatch.perThousandMetricsRead + prices.s3.perThousandPuts)) / 1_000 +
        // The newest, and those of a week.
        ((rates.series * 8 * detectorKb) / 1e6) * prices.s3.perGbMonth,
      "with series, and hardly",
    ),
    line(
      "Slack's address",
      clicks,
      "requests",
      (clicks / 1e6) * prices.httpApi.perMillionRequests,
      "with clicks; twenty a second at most",
    ),
    line("the secret", 1, "secret", prices.secrets.perSecret, "with nothing"),
  ];
}

/** Custom metrics that the bot has of itself, its own and those by outcome; an hour in which one is not written is free. */
const ownMetrics = 14;
