import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BotError } from "../../src/bot-error.ts";
import type { Trigger } from "../../src/runbook/trigger.ts";
import type { ServiceSettings, Settings } from "../../src/settings.ts";
import { readSignal } from "../../src/signals/read-signal.ts";
import type { Signal } from "../../src/signals/signal.ts";
import type { KnownTrigger } from "./triggers.ts";

/**
 * An event that a trigger answers to: the first that does of those recorded in the checkout, or an alarm that the settings
 * name.
 *
 * @throws BotError `bad_input` when there is none: then the author brings one.
 */
export function exampleEvent(checkout: string, { trigger, file }: KnownTrigger, { services }: Settings): unknown {
  const recorded = globSync("test/fixtures/{events,runbooks}/*.json", { cwd: checkout }).sort();
  const events = recorded.map((path): unknown => JSON.parse(readFileSync(join(checkout, path), "utf8")));
  const alarms = services.flatMap((service) => [slow(service), ...alarmsIn(service).map((name) => alarm({ name }))]);
  const found = [...events, ...alarms].find((event) => answers(trigger, readSignal(event), services));
  if (found !== undefined) return found;
  throw new BotError(
    "bad_input",
    `No event that is recorded here and no alarm in paramedic.config.ts is one for ${trigger.id}; ${file} says what is.\n` +
      `  Name such an alarm in the settings, or give an event of yours, as EventBridge delivers it, with --event FILE.`,
  );
}

/** Whether a trigger makes an incident of a signal. */
export function answers(trigger: Trigger, signal: Signal, services: readonly ServiceSettings[]): boolean {
  const isMuted = "muted" in signal && signal.muted !== undefined;
  return !isMuted && trigger.match(signal, services) !== undefined;
}

/** Every CloudWatch alarm that the settings of a service name, whatever it is for. */
function alarmsIn(settings: unknown): string[] {
  if (typeof settings !== "object" || settings === null) return [];
  return Object.entries(settings).flatMap(([key, value]: [string, unknown]) =>
    /alarms$/i.test(key) && Array.isArray(value) ? value.map(String) : alarmsIn(value),
  );
}

/** An alarm on the latency of a service, at twice what its settings call high. */
function slow({ name, alarms: [alarmed = `${name}-latency-high`], latency, latencyMs: { high } }: ServiceSettings) {
  const { stat, ...metric } = latency;
  return alarm({
    name: alarmed,
    metrics: [{ id: "m1", metricStat: { metric, period: 60, stat }, returnData: true }],
    seen: { recentDatapoints: [2 * high], threshold: high },
  });
}

/** A CloudWatch alarm going off, as EventBridge delivers it. */
function alarm({ name, metrics = [], seen }: { name: string; metrics?: object[]; seen?: object }): unknown {
  const time = "2026-03-04T10:20:30.000Z";
  return {
    version: "0",
    id: "9f1c2a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
    "detail-type": "CloudWatch Alarm State Change",
    source: "aws.cloudwatch",
    account: "123456789012",
    time,
    region: "us-east-1",
    resources: [`arn:aws:cloudwatch:us-east-1:123456789012:alarm:${name}`],
    detail: {
      alarmName: name,
      configuration: { metrics },
      previousState: { value: "OK", reason: "All is well.", timestamp: time },
      state: {
        value: "ALARM",
        reason: "Threshold Crossed: 1 datapoint was greater than the threshold.",
        ...(seen && { reasonData: JSON.stringify({ version: "1.0", ...seen }) }),
        timestamp: time,
      },
    },
  };
}
