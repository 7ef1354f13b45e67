import { onTestFinished } from "vitest";
import { type LogEntry } from "../../../local/durable/log.ts";
import { type DurableService, type DurableServiceOptions, openDurableService } from "../../../local/durable/service.ts";
import type { StatusChangeEvent } from "../../../local/durable/status-event.ts";
import { VirtualClock } from "../../../sim/clock.ts";

/** A Tuesday; any time does, as long as it is not now. */
export const startMs = Date.UTC(2026, 2, 3, 9, 0, 0);

export interface Given {
  readonly service: DurableService;
  readonly clock: VirtualClock;
  readonly statusChanges: StatusChangeEvent[];
  readonly log: LogEntry[];
}

/** A durable service in memory, on virtual time, that writes down what it says. Closed when the test is over. */
export function givenService(options: Partial<DurableServiceOptions> = {}): Given {
  const clock = new VirtualClock(startMs);
  const statusChanges: StatusChangeEvent[] = [];
  const log: LogEntry[] = [];
  const onStatusChange = (event: StatusChangeEvent) => void statusChanges.push(event);
  const onLog = (entry: LogEntry) => void log.push(entry);
  const service = openDurableService({ file: ":memory:", clock, onStatusChange, onLog, ...options });
  onTestFinished(() => service.close());
  return { service, clock, statusChanges, log };
}

/** Lets an execution run to its end on virtual time. */
export async function run(service: DurableService, fn: string, payload: unknown = {}) {
  const { arn } = service.start(fn, { payload: JSON.stringify(payload) });
  await service.settle(() => service.describe(arn).status !== "RUNNING");
  return service.describe(arn);
}

export const aDay = { durable: { executionTimeout: { days: 1 } } };

/** Lets the event loop turn until it is so: for work that is under way and will not end by itself. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
