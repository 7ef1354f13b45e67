import type { AsgInstance } from "./asg-instance.ts";
import type { BatchJob } from "./batch-job.ts";
import type { BatchPreemption } from "./batch-preemption.ts";
import type { BatchQueueBlocked } from "./batch-queue-blocked.ts";
import type { Budget } from "./budget.ts";
import type { CapacityBlock } from "./capacity-block.ts";
import type { CapacityInterruption } from "./capacity-interruption.ts";
import type { CapacityReclaimed } from "./capacity-reclaimed.ts";
import type { ChangeCalendar } from "./change-calendar.ts";
import type { CostAnomaly } from "./cost-anomaly.ts";
import type { Due } from "./due.ts";
import type { EcsContainerInstance } from "./ecs-container-instance.ts";
import type { EcsServiceAction } from "./ecs-service-action.ts";
import type { EcsTask } from "./ecs-task.ts";
import type { FromEvent } from "./event.ts";
import type { Health } from "./health.ts";
import type { HyperpodNodeHealth } from "./hyperpod-node-health.ts";
import type { LifecycleAction } from "./lifecycle-action.ts";
import type { ParameterChange } from "./parameter-change.ts";
import type { SagemakerEndpoint } from "./sagemaker-endpoint.ts";
import type { SagemakerTraining } from "./sagemaker-training.ts";

/** EC2 takes a Spot Instance back. */
export interface SpotInterruption extends FromEvent {
  readonly kind: "spot-interruption";
  readonly instanceId: string;
  readonly action: "terminate" | "stop" | "hibernate";
  /** When EC2 takes it. Hibernation begins with the warning, so then this is `at`. */
  readonly deadlineAt: number;
}

/** EC2 expects to take a Spot Instance back, but has not decided. */
export interface Rebalance extends FromEvent {
  readonly kind: "rebalance";
  readonly instanceId: string;
}

export type AlarmState = "ALARM" | "OK" | "INSUFFICIENT_DATA";

/** A CloudWatch alarm changed its state at `at`. */
export interface Alarm extends FromEvent {
  readonly kind: "alarm";
  readonly name: string;
  readonly arn: string;
  readonly state: AlarmState;
  readonly previous?: AlarmState;
  readonly reason: string;
  /** Whether it is an alarm over other alarms. */
  readonly composite: boolean;
  /** The metrics it looks at, also those behind an expression. None for a query, which names its metrics only in its text. */
  readonly metrics: readonly Series[];
  /** ARNs of the alarms whose change made a composite one change. */
  readonly children: readonly string[];
  readonly threshold?: number;
  /** The values CloudWatch decided on, in its order. */
  readonly recent: readonly number[];
  /** A mute rule covers it from `from` until `until`. Events are sent all the same, so the bot must honour it itself. */
  readonly muted?: { readonly by: string; readonly from: number; readonly until: number };
  /** A composite alarm held its own actions back. Events are sent all the same. */
  readonly suppressed?: { readonly by: string; readonly why: string };
}

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

/** Measurements, from a workload or from a metric stream. */
export interface Samples extends FromEvent {
  readonly kind: "samples";
  readonly points: readonly Sample[];
  /** What could not be read, by its place in the event's points or, for a metric stream, by line; both count from 0. */
  readonly rejected: readonly { readonly index: number; readonly why: string }[];
}

/** The detector found a series outside what it expects. Made inside the bot only: no event from outside can claim one. */
export interface Anomaly extends FromEvent {
  readonly kind: "anomaly";
  readonly series: Series;
  readonly value: number;
  readonly expected: { readonly low: number; readonly high: number };
  readonly severity: number;
  readonly why: string;
  /** The last points of the series and what was expected of them, oldest first, for people to look at. */
  readonly recent?: readonly {
    readonly value: number;
    readonly low?: number;
    readonly high?: number;
    readonly anomalous?: boolean;
  }[];
}

/** A well-formed event that we have no reader for. */
export interface Unknown {
  readonly kind: "unknown";
  readonly eventId?: string;
  readonly at?: number;
  readonly source: string;
  readonly detailType: string;
}

/** Not what it says it is. */
export interface Unreadable {
  readonly kind: "unreadable";
  /** Names the field that cannot be read. */
  readonly why: string;
  /** How it began, at most 500 characters. */
  readonly excerpt: string;
}

/** Something arrived, parsed. Made of plain JSON, so it can be stored and read back unchanged. */
export type Signal = Told | Samples | Anomaly | Unknown | Unreadable;

/** What an event from outside, or the bot's own schedule, told about one thing. The types that are not here are beside their readers. */
export type Told =
  | SpotInterruption
  | Rebalance
  | CapacityInterruption
  | CapacityBlock
  | CapacityReclaimed
  | AsgInstance
  | LifecycleAction
  | EcsTask
  | EcsContainerInstance
  | EcsServiceAction
  | BatchJob
  | BatchQueueBlocked
  | BatchPreemption
  | SagemakerTraining
  | SagemakerEndpoint
  | HyperpodNodeHealth
  | Alarm
  | AlarmContributor
  | Health
  | Budget
  | CostAnomaly
  | ParameterChange
  | ChangeCalendar
  | Due;

/** What is measured. `stat` is CloudWatch's name of the statistic; a raw measurement has none. */
export interface Series {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit?: string;
  readonly stat?: string;
}

export interface Sample {
  readonly series: Series;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/**
 * One text for one series: the order of dimensions does not matter, and no two series share a text.
 *
 * The statistic belongs to it, since an average and a p99 have different baselines. The unit does not: alarms leave out
 * the unit that metric streams print for the same metric, and one metric must not have two baselines for it.
 */
export function seriesKey({ namespace, name, dimensions, stat }: Series): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, stat ?? null, sorted]);
}
