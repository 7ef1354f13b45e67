import { z } from "zod";
import { first } from "./first.ts";
import { event, type FromEvent, toFromEvent, word } from "./event.ts";
import { eachReadable } from "./if-readable.ts";
import { jsonText } from "./json-text.ts";
import { metricDimensions, metricName, metricNamespace, metricUnit } from "./metric.ts";
import { earliestMoment, latestMoment, moment } from "./moment.ts";
import type { Alarm, Series } from "./signal.ts";

export const alarmState = z.enum(["ALARM", "OK", "INSUFFICIENT_DATA"]);

// An alarm's name alone may have 255 characters; 2,048 is the longest ARN AWS has.
export const alarmArn = z
  .string()
  .max(2048)
  .regex(/^arn:[^:]+:cloudwatch:[^:]+:[^:]*:alarm:./, "not the ARN of an alarm");

/** JSON in a text. Absent from alarms over many series; threshold absent from anomaly bands; neither in composite ones. */
const reasonData = jsonText
  .pipe(
    z.object({
      threshold: z.number().optional().catch(undefined),
      recentDatapoints: eachReadable(z.number()),
      triggeringAlarms: eachReadable(z.object({ arn: alarmArn })),
    }),
  )
  .catch({ recentDatapoints: [], triggeringAlarms: [] });

const metric = z
  .object({
    metricStat: z.object({
      metric: z.object({ namespace: metricNamespace, name: metricName, dimensions: metricDimensions }),
      stat: word,
      unit: metricUnit.nullish(),
    }),
  })
  .transform(({ metricStat: { metric, stat, unit } }): Series => ({ ...metric, stat, ...(unit && { unit }) }));

// Acting against somebody's wish is worse than waiting for them: an alarm that says it is muted or suppressed is, also
// when by whom and for how long cannot be read.
export const alarmMute = z
  .object({
    mutedByArn: z.string().catch("unknown"),
    muteWindowStart: moment.catch(earliestMoment),
    muteWindowEnd: moment.catch(latestMoment),
  })
  .transform((said) => ({ by: said.mutedByArn, from: said.muteWindowStart, until: said.muteWindowEnd }))
  .nullish()
  .catch({ by: "unknown", from: earliestMoment, until: latestMoment });

const detail = z.object({
  alarmName: word,
  state: z.object({
    value: alarmState,
    timestamp: moment.nullish().catch(undefined),
    reason: z.string().catch(""),
    reasonData,
    actionsSuppressedBy: z.string().nullish().catch("unknown"),
    actionsSuppressedReason: z.string().catch(""),
  }),
  previousState: z.object({ value: alarmState }).nullish().catch(undefined),
  configuration: z
    .object({ alarmRule: z.string().optional().catch(undefined), metrics: eachReadable(metric) })
    .catch({ metrics: [] }),
  muteDetail: alarmMute,
});

/** When CloudWatch changed the state; the event's own time is the same to the second, and stands in. */
function toAlarm(from: FromEvent, arn: string, said: z.infer<typeof detail>): Alarm {
  const { state, previousState, configuration, muteDetail } = said;
  const { threshold, recentDatapoints, triggeringAlarms } = state.reasonData;
  const { actionsSuppressedBy: by, actionsSuppressedReason: why } = state;
  return {
    kind: "alarm",
    ...from,
    at: state.timestamp ?? from.at,
    name: said.alarmName,
    arn,
    state: state.value,
    ...(previousState && { previous: previousState.value }),
    reason: state.reason,
    composite: configuration.alarmRule !== undefined,
    metrics: configuration.metrics,
    children: triggeringAlarms.map(({ arn }) => arn),
    ...(threshold !== undefined && { threshold }),
    recent: recentDatapoints,
    ...(muteDetail && { muted: muteDetail }),
    ...(by && { suppressed: { by, why } }),
  };
}

/**
 * `CloudWatch Alarm State Change`. Delivery is guaranteed, also of alarms that are muted or suppressed.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export const alarm = event
  .extend({ resources: first(alarmArn), detail })
  .transform(({ resources: arn, detail, ...said }) => toAlarm(toFromEvent(said), arn, detail));

/**
 * What an alarm sends when a Lambda function is its action: the same words in another frame, and without an id. Alarm and
 * moment identify the change, since an alarm has one state at a time.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
 */
export const alarmAction = z
  .object({
    source: z.literal("aws.cloudwatch"),
    alarmArn,
    accountId: word,
    time: moment,
    region: word,
    alarmData: detail,
  })
  .transform(({ alarmArn: arn, accountId: account, time, region, alarmData }) => {
    const at = alarmData.state.timestamp ?? time;
    return toAlarm({ eventId: `${arn}@${at}`, at, account, region }, arn, alarmData);
  });
