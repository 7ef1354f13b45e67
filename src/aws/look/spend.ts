import { BatchGetQueryExecutionCommand, ListQueryExecutionsCommand, type QueryExecution } from "@aws-sdk/client-athena";
import { ListJobsCommand } from "@aws-sdk/client-batch";
import { BotError } from "../../bot-error.ts";
import { detectorKey } from "../../engine/score.ts";
import { type Amount, hourlyRate, latestRate } from "../../policies/spend-rate.ts";
import type { MetricLook } from "../../runbook/look/metric.ts";
import type { Handles, SpendLook, Spending } from "../../runbook/look/spend.ts";
import { seriesKey } from "../../signals/signal.ts";
import { tokenSeries } from "../../signals/token-series.ts";
import type { SpenderSettings } from "../../settings/spend.ts";
import type { Aws } from "../clients.ts";
import { readEventSource } from "../event-source.ts";
import type { Needs } from "./needs.ts";

export const spendLookPermissions = [
  "athena:BatchGetQueryExecution",
  "athena:ListQueryExecutions",
  "batch:ListJobs",
  "cloudwatch:GetMetricData",
  "lambda:GetEventSourceMapping",
] as const;

/** A rate over less jumps with every report; over more it is told too late. */
const over = { minutes: 5 };
/** Short enough for a runaway of dollars a second, long enough for three reports of the meter. */
const lately = { over: { seconds: 30 }, staleAfter: { seconds: 90 } };
/** CloudWatch shows the last minutes late, and half a minute would look like a saving. */
const lateMs = 120_000;
/** So many of an agent's last reports are kept of each series. */
const keptMax = 90;

/** US dollars an hour by one count: at the rate of minutes, and of the last half minute. */
interface Rate {
  readonly usual: number;
  readonly lately: number;
}

/** What services spend, as the tokens that agents reported and CloudWatch's metrics have it. */
export function spendLook({ aws, detectors, settings, clock }: Needs, metrics: MetricLook): SpendLook {
  const spendersOf = (service: string): readonly SpenderSettings[] =>
    settings.services.find(({ name }) => name === service)?.spend?.spenders ?? [];

  /** What an agent's tokens cost. Agents report when they use tokens, and no report is no use. */
  async function ofAgent(agent: NonNullable<SpenderSettings["agent"]>, account: string): Promise<Rate[]> {
    const region = await aws.lambda.config.region();
    const until = clock.now();
    const rates = Object.entries(agent.models).flatMap(([model, price]) =>
      (["input", "output"] as const).map(async (type) => {
        const found = await detectors.recent(
          detectorKey({ account, region }, seriesKey(tokenSeries({ ...agent, model, type }))),
        );
        if (found.length === 0) return [];
        const amounts = found.map(({ at, value }) => ({ at, usd: (value * price[type]) / 1e6 }));
        // Of an agent that reports from many places at once, what is kept may not reach back far enough.
        const since = amounts.length < keptMax ? undefined : amounts[0]?.at;
        const usual = hourlyRate(amounts, { over, until, ...(since !== undefined && { since }) });
        return usual === undefined ? [] : { usual, lately: latestRate(amounts, { ...lately, until }) ?? 0 };
      }),
    );
    return (await Promise.all(rates)).flat();
  }

  async function ofMetric({ usd, ...counted }: SpenderSettings["uses"][number]): Promise<Rate[]> {
    const points = await metrics.metric(counted, { over: { hours: 3 } });
    if (points.length === 0) return [];
    const amounts = points.map(({ at, value }): Amount => ({ at, usd: value * usd }));
    const until = clock.now() - lateMs;
    return [
      {
        usual: hourlyRate(amounts, { over, until }) ?? 0,
        lately: latestRate(amounts, { over: lately.over, until: clock.now(), staleAfter: { minutes: 4 } }) ?? 0,
      },
    ];
  }

  return {
    spending: (service, account) =>
      Promise.all(
        spendersOf(service).map(async ({ name, usdPerHour: plannedUsdPerHour, agent, uses }): Promise<Spending> => {
          const found = await Promise.all([...(agent ? [ofAgent(agent, account)] : []), ...uses.map(ofMetric)]);
          const rates = found.flat();
          const about = { spender: name, plannedUsdPerHour };
          if (rates.length === 0) return { ...about, kind: "unmeasured", why: `nothing was counted of ${name}` };
          const sum = (of: keyof Rate) => rates.reduce((total, rate) => total + rate[of], 0);
          return { ...about, kind: "measured", usdPerHour: sum("usual"), latelyUsdPerHour: sum("lately") };
        }),
      ),

    async handlesOf(service, spender): Promise<Handles> {
      const found = spendersOf(service).find(({ name }) => name === spender);
      if (!found)
        throw new BotError("bad_setting", `looking at ${spender}: no such spender of ${service} in the settings`);
      const { function: name, heldTo, eventSource = "", workGroup, jobQueue } = found;
      const source = eventSource === "" ? undefined : await readEventSource(aws, eventSource);
      return {
        ...(name !== undefined && { function: { name, heldTo } }),
        ...(source && { eventSource: { id: eventSource, isQueue: source.isQueue } }),
        queries: workGroup === undefined ? [] : await queriesIn(aws, workGroup),
        jobs: jobQueue === undefined ? [] : await jobsIn(aws, jobQueue),
      };
    },
  };
}

/** The queries that run among the last 50, the oldest first: an order that stays while they run. */
async function queriesIn(aws: Aws, workGroup: string): Promise<Handles["queries"]> {
  const { QueryExecutionIds = [] } = await aws.athena.send(new ListQueryExecutionsCommand({ WorkGroup: workGroup }));
  if (QueryExecutionIds.length === 0) return [];
  const { QueryExecutions = [] } = await aws.athena.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds }));
  return QueryExecutions.filter(({ Status }) => Status?.State === "RUNNING" || Status?.State === "QUEUED")
    .toSorted((a, b) => submittedAt(a) - submittedAt(b))
    .flatMap(({ QueryExecutionId: id }) => (id === undefined ? [] : { id, workGroup }));
}

/** The first hundred jobs that run, the oldest first. */
async function jobsIn(aws: Aws, jobQueue: string): Promise<Handles["jobs"]> {
  const { jobSummaryList = [] } = await aws.batch.send(new ListJobsCommand({ jobQueue, jobStatus: "RUNNING" }));
  return jobSummaryList
    .toSorted((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0))
    .flatMap(({ jobId: id, jobName: name }) => (id === undefined || name === undefined ? [] : { id, name }));
}

const submittedAt = ({ Status }: QueryExecution): number => Status?.SubmissionDateTime?.getTime() ?? 0;
