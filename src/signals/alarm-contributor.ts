import { z } from "zod";
import { first } from "./first.ts";
import { alarmArn, alarmMute, alarmState } from "./alarm.ts";
import { event, toFromEvent, word } from "./event.ts";
import { metricDimensions } from "./metric.ts";
import { moment } from "./moment.ts";
import type { AlarmContributor } from "./signal.ts";

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
  .extend({ resources: first(alarmArn), detail })
  .transform(({ resources: arn, detail: said, ...rest }): AlarmContributor => ({
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
