import { queueName } from "../../queue-name.ts";
import type { ServiceSettings } from "../../settings.ts";
import type { QueueSettings } from "../../settings/capacity.ts";
import type { Anomaly, Series, Signal } from "../../signals/signal.ts";
import { resource } from "../resource.ts";
import { defineTrigger } from "../trigger.ts";

/** A queue of work that a service has in its settings, with what the settings say about it. */
export interface QueueTrouble {
  readonly service: string;
  readonly at: number;
  readonly why: string;
  readonly queue: QueueSettings;
  /** The last values, for people to look at: an alarm's as numbers, the detector's with what it expected. */
  readonly recent?: Anomaly["recent"] | readonly number[];
}

/** Dead letters of a service: why they are looked at now, and what must be quiet before they are tried again. */
export interface DeadLetters extends QueueTrouble {
  readonly deadLetters: string;
  /** CloudWatch alarms that speak for the cause. */
  readonly causes: readonly string[];
}

/** More is waiting in a service's queue than should be, or it waits for too long. */
export const queueBehind = defineTrigger<QueueTrouble>({
  id: "queue-behind",
  title: ({ service, queue }) => `the queue ${queueName(queue.url)} of ${service} is behind`,
  match: (signal, services) => {
    for (const { name: service, queue } of services) {
      const found = queue && troubleIn(signal, queue.url, queue.alarms);
      if (found) return { root: resource.queue(queue.url), service, signal: { service, queue, ...found } };
    }
    return undefined;
  },
  byHand: (services, said) =>
    services.flatMap(({ name: service, queue }) =>
      queue ? [{ target: service, root: resource.queue(queue.url), service, signal: { service, queue, ...said } }] : [],
    ),
});

/**
 * A service has dead letters: something says that there are some, or a cause of them has just gone: an alarm of the
 * service is OK again.
 */
export const deadLettersWaiting = defineTrigger<DeadLetters>({
  id: "dead-letters-waiting",
  title: ({ service, deadLetters }) => `dead letters of ${service} wait in ${queueName(deadLetters)}`,
  match: (signal, services) => {
    for (const service of services) {
      const about = deadLettersOf(service);
      if (!about) continue;
      const { queue, deadLetters, causes } = about;
      const found = troubleIn(signal, deadLetters, queue.deadLetterAlarms) ?? recovery(signal, service, causes);
      if (found) return { root: resource.queue(deadLetters), service: service.name, signal: { ...about, ...found } };
    }
    return undefined;
  },
  byHand: (services, said) =>
    services.flatMap((one) => {
      const about = deadLettersOf(one);
      if (!about) return [];
      const { service, deadLetters } = about;
      return [{ target: service, root: resource.queue(deadLetters), service, signal: { ...about, ...said } }];
    }),
});

function deadLettersOf({ name: service, queue, alarms }: ServiceSettings) {
  if (!queue?.deadLetters) return undefined;
  return { service, queue, deadLetters: queue.deadLetters, causes: [...alarms, ...queue.alarms] };
}

/** What counts as trouble with a queue: how much is in it, and how long that has been there. */
const measures = ["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"];

const isAbout = ({ namespace, name, dimensions }: Series, url: string): boolean =>
  namespace === "AWS/SQS" && measures.includes(name) && dimensions["QueueName"] === queueName(url);

type Seen = Pick<QueueTrouble, "at" | "why" | "recent">;

function troubleIn(signal: Signal, url: string, alarms: readonly string[]): Seen | undefined {
  if (signal.kind === "alarm" && signal.state === "ALARM") {
    const ours = alarms.includes(signal.name) || signal.metrics.some((series) => isAbout(series, url));
    const { at, recent } = signal;
    return ours
      ? { at, why: `alarm ${signal.name}: ${signal.reason}`, ...(recent.length > 2 && { recent }) }
      : undefined;
  }
  if (signal.kind === "anomaly" && isAbout(signal.series, url) && signal.value > signal.expected.high) {
    const { at, why, recent } = signal;
    return { at, why, ...(recent && { recent }) };
  }
  return undefined;
}

const recovery = (signal: Signal, { name }: ServiceSettings, causes: readonly string[]) =>
  signal.kind === "alarm" && signal.state === "OK" && causes.includes(signal.name)
    ? { at: signal.at, why: `alarm ${signal.name} of ${name} is OK again` }
    : undefined;
