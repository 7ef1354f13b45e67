import { z } from "zod";
import { alarmArn, alarmMute, alarmState } from "./alarm.ts";
import { event, type FromEvent, toFromEvent, word } from "./event.ts";
import { metricDimensions } from "./metric.ts";
import { moment } from "./moment.ts";
import type { AlarmState } from "./signal.ts";

/**
 * One of the many series that a CloudWatch alarm watches by a query changed its state. The alarm's own event says only how
 * many did; these say which.
 */
export interface AlarmContributor extends FromEvent {
  readonly kind: "alarm-contributor";
  /** The alarm's. */
  readonly name: string;
  /** The alarm's. */
  readonly arn: string;
  readonly state: AlarmState;
  readonly reason: string;
  readonly contributor: {
    /** The same for one series of one alarm. */
    readonly id: string;
    /** What the query groups by: `{ FunctionName: "embed" }`. */
    readonly attributes: Readonly<Record<string, string>>;
  };
  /** A mute rule covers the alarm from `from` until `until`. Events are sent all the same, so the bot must honour it itself. */
  readonly muted?: { readonly by: string; readonly from: number; readonly until: number };
}

const detail = z.lazy(() =>
  z.object({
    alarmName: word,
    alarmContributor: z.object({ id: word, attributes: metricDimensions }),
    state: z.object({
      value: alarmState,
      timestamp: moment.nullish().catch(undefined),
      reason: z.string().catch(""),
    }),
    muteDetail: alarmMute,
  }),
);

/**
 * `CloudWatch Alarm Contributor State Change`. It has no previous state.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export const alarmContributor = event
  .extend({ resources: z.tuple([alarmArn], z.unknown()), detail })
  .transform(({ resources: [arn], detail: said, ...rest }): AlarmContributor => ({
    kind: "alarm-contributor",
    ...toFromEvent(rest),
    at: said.state.timestamp ?? rest.time,
    name: said.alarmName,
    arn,
    state: said.state.value,
    reason: said.state.reason,
    contributor: said.alarmContributor,
    ...(said.muteDetail && { muted: said.muteDetail }),
  }));
