import type { DescribeAlarmsOutput } from "@aws-sdk/client-cloudwatch";
import { z } from "zod";
import type { Operation } from "../operation.ts";
import { reads } from "../operation.ts";

/** What CloudWatch says of alarms. All of them are metric alarms here. */
export const alarmOperations: Record<string, Operation> = {
  DescribeAlarms: reads(
    z.strictObject({
      AlarmNames: z.array(z.string()).max(100).optional(),
      AlarmTypes: z.array(z.enum(["MetricAlarm", "CompositeAlarm"])).optional(),
      StateValue: z.enum(["OK", "ALARM", "INSUFFICIENT_DATA"]).optional(),
      MaxRecords: z.int().min(1).max(100).optional(),
    }),
    (ground, { AlarmNames, StateValue }): DescribeAlarmsOutput => ({
      MetricAlarms: Object.entries(ground.world.alarms)
        .filter(([name, { state }]) => (AlarmNames?.includes(name) ?? true) && (StateValue ?? state) === state)
        .map(([AlarmName, { state }]) => ({
          AlarmName,
          AlarmArn: ground.arn("cloudwatch", `alarm:${AlarmName}`),
          StateValue: state,
        })),
      CompositeAlarms: [],
    }),
  ),
};
