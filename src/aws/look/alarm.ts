import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import type { AlarmLook } from "../../runbook/look/alarm.ts";
import type { Needs } from "./needs.ts";

export const alarmLookPermissions = ["cloudwatch:DescribeAlarms"] as const;

/** Alarms as CloudWatch shows them now. An alarm's event may be minutes old; its state is not. */
export function alarmLook({ cloudwatch }: Needs): AlarmLook {
  return {
    async alarmsOn(names) {
      // Without names the call would list every alarm of the account.
      if (names.length === 0) return [];
      const { MetricAlarms = [], CompositeAlarms = [] } = await cloudwatch.send(
        new DescribeAlarmsCommand({
          AlarmNames: [...names],
          AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
          StateValue: "ALARM",
          MaxRecords: 100,
        }),
      );
      return [...MetricAlarms, ...CompositeAlarms].flatMap(({ AlarmName }) => AlarmName ?? []);
    },
  };
}
