import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { prefix } from "../../../infra/names.ts";
import { ruleName, rulesOf } from "../../../infra/rules.ts";
import type { ServiceSettings } from "../../../src/settings.ts";
import type { Account } from "../account.ts";
import { advice, type Finding, fine, missing } from "../finding.ts";

/** The alarms that speak for a service, wherever in its settings they are named. */
const alarmsOf = ({ alarms, queue, dependencies }: ServiceSettings): string[] => [
  ...alarms,
  ...(queue ? [...queue.alarms, ...queue.deadLetterAlarms] : []),
  ...dependencies.flatMap((dependency) => dependency.alarms),
];

/** Whether every alarm in the settings is there, and how many are there that the settings do not know. */
export async function alarms({ cloudwatch, settings, stage }: Account): Promise<Finding[]> {
  const { MetricAlarms = [], CompositeAlarms = [] } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmTypes: ["MetricAlarm", "CompositeAlarm"], MaxRecords: 100 }),
  );
  const there = new Set([...MetricAlarms, ...CompositeAlarms].flatMap(({ AlarmName }) => AlarmName ?? []));
  const known = settings.services.flatMap((service) => alarmsOf(service).map((alarm) => ({ alarm, service })));
  const others = [...there].filter(
    (name) => !name.startsWith(`${prefix({ stage })}-`) && !known.some(({ alarm }) => alarm === name),
  );
  return [
    ...known.map(({ alarm, service }) =>
      there.has(alarm)
        ? fine(alarm, `is there and speaks for ${service.name}`)
        : missing(
            alarm,
            `speaks for ${service.name} and is not there`,
            "make it, or correct its name in paramedic.config.ts",
          ),
    ),
    ...(others.length > 0
      ? [
          advice(
            `${others.length} alarms`,
            `no runbook answers to ${others.slice(0, 5).join(", ")}${others.length > 5 ? ", …" : ""}`,
            "name those that speak for a service in its alarms in paramedic.config.ts",
          ),
        ]
      : []),
  ];
}

/**
 * Whether the rules that bring events to the bot are there and enabled: an alarm without them is heard by nobody. Those on
 * the bus of the workloads are seen by the latency of the services.
 */
export async function rules({ events, settings, stage }: Account): Promise<Finding[]> {
  const NamePrefix = `${prefix({ stage })}-`;
  const { Rules = [] } = await events.send(new ListRulesCommand({ NamePrefix }));
  const enabled = new Set(Rules.filter(({ State }) => State === "ENABLED").flatMap(({ Name }) => Name ?? []));
  const wanted = Object.entries(rulesOf({ stage })).filter(([, { bus }]) => bus === undefined);
  const gone = wanted.map(([id]) => ruleName({ stage }, id)).filter((name) => !enabled.has(name));
  if (gone.length === 0) return [fine(`${NamePrefix}*`, "the rules are there and enabled")];
  const unheard = gone.includes(ruleName({ stage }, "Alarms")) ? settings.services.flatMap(alarmsOf).length : 0;
  const besides = unheard > 0 ? `; ${unheard} alarms of the settings are heard by nobody` : "";
  return [
    missing(
      gone.join(", "),
      `not there, or disabled${besides}`,
      `deploy, or enable them: aws events enable-rule --name …`,
    ),
  ];
}
