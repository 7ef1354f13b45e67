import { createHash } from "node:crypto";
import { z } from "zod";
import { arn } from "./arn.ts";
import { event, type FromEvent, toFromEvent, word } from "./event.ts";
import { defined, eachReadable, ifReadable } from "./if-readable.ts";
import { moment } from "./moment.ts";

/**
 * Cost Anomaly Detection found spend outside what it expects.
 *
 * It looks about three times a day at bills that are hours old, so this confirms what other signals told, and stops nothing
 * in time. It is told again as the anomaly grows.
 */
export interface CostAnomaly extends FromEvent {
  readonly kind: "cost-anomaly";
  /** The same each time one anomaly is told. */
  readonly anomaly: string;
  /** The ARN. */
  readonly monitor?: string;
  /** What the monitor watches one by one, where the spend is: a service, an account, a tag's value. */
  readonly dimension?: string;
  /** From 0 to 1. */
  readonly score?: number;
  /** In dollars, so far. `impact` is `actual` less `expected`. */
  readonly spend: { readonly impact: number; readonly actual?: number; readonly expected?: number };
  readonly startsAt?: number;
  readonly endsAt?: number;
  readonly causes: readonly CostCause[];
}

export interface CostCause {
  /** The account that spent, which may be another one of the organisation. */
  readonly account?: string;
  readonly region?: string;
  readonly service?: string;
  readonly usageType?: string;
  /** In dollars. */
  readonly contribution?: number;
}

const dollars = ifReadable(z.number());

const cause = z
  .object({
    linkedAccount: ifReadable(word),
    region: ifReadable(word),
    service: ifReadable(word),
    usageType: ifReadable(word),
    impact: ifReadable(z.object({ contribution: dollars })),
  })
  .transform(({ linkedAccount: account, impact, ...said }): CostCause =>
    defined({ account, ...said, contribution: impact?.contribution }),
  );

const detail = z.object({
  anomalyId: word,
  accountId: ifReadable(word),
  monitorArn: ifReadable(arn("ce", "anomalymonitor")),
  // EventBridge says the first, SNS the second.
  dimensionValue: ifReadable(word),
  dimensionalValue: ifReadable(word),
  anomalyScore: ifReadable(z.object({ currentScore: ifReadable(z.number()) })),
  impact: z.object({ totalImpact: z.number(), totalActualSpend: dollars, totalExpectedSpend: dollars }),
  anomalyStartDate: ifReadable(moment),
  anomalyEndDate: ifReadable(moment),
  rootCauses: eachReadable(cause),
});

const toCostAnomaly = (from: FromEvent, said: z.infer<typeof detail>): CostAnomaly =>
  defined({
    kind: "cost-anomaly",
    ...from,
    anomaly: said.anomalyId,
    monitor: said.monitorArn,
    dimension: said.dimensionValue ?? said.dimensionalValue,
    score: said.anomalyScore?.currentScore,
    spend: defined({
      impact: said.impact.totalImpact,
      actual: said.impact.totalActualSpend,
      expected: said.impact.totalExpectedSpend,
    }),
    startsAt: said.anomalyStartDate,
    endsAt: said.anomalyEndDate,
    causes: said.rootCauses,
  });

/**
 * `Anomaly Detected`, of monitors that alert immediately only; in the home region of Cost Anomaly Detection.
 *
 * @see https://docs.aws.amazon.com/cost-management/latest/userguide/cad-eventbridge.html
 */
export const costAnomaly = event
  .extend({ detail })
  .transform(({ detail: said, ...rest }) => toCostAnomaly(toFromEvent(rest), said));

/**
 * The same to an SNS topic, without id or time. By itself it is known by its digest, and as old as the anomaly's last day;
 * inside a notification of SNS it has the id and the time of that.
 *
 * @see https://docs.aws.amazon.com/cost-management/latest/userguide/getting-started-ad.html
 */
export const costAnomalyMessage = detail
  .extend({ accountId: word, anomalyStartDate: moment })
  .transform((said): CostAnomaly => {
    const at = said.anomalyEndDate ?? said.anomalyStartDate;
    const digest = createHash("sha256").update(JSON.stringify(said)).digest("hex").slice(0, 32);
    return toCostAnomaly(
      { eventId: `${said.anomalyId}/${digest}`, at, account: said.accountId, region: "aws-global" },
      said,
    );
  });
