/** A CloudWatch alarm that changes its state at `at`, as EventBridge delivers it. `metric`: of AWS/SQS, about this queue. */
export const alarmEvent = (
  name: string,
  at: number,
  { state = "ALARM", metric }: { state?: "ALARM" | "OK"; metric?: { name: string; queue: string } } = {},
) => ({
  version: "0",
  id: `${name}-${state}-${at}`,
  "detail-type": "CloudWatch Alarm State Change",
  source: "aws.cloudwatch",
  account: "123456789012",
  time: new Date(at).toISOString(),
  region: "us-east-2",
  resources: [`arn:aws:cloudwatch:us-east-2:123456789012:alarm:${name}`],
  detail: {
    alarmName: name,
    configuration: {
      metrics: metric
        ? [
            {
              id: "m1",
              metricStat: {
                metric: { namespace: "AWS/SQS", name: metric.name, dimensions: { QueueName: metric.queue } },
                period: 60,
                stat: "Maximum",
              },
              returnData: true,
            },
          ]
        : [],
    },
    previousState: {
      value: state === "OK" ? "ALARM" : "OK",
      reason: "before",
      timestamp: new Date(at - 60_000).toISOString(),
    },
    state: { value: state, reason: "Threshold Crossed.", timestamp: new Date(at).toISOString() },
  },
});
