import type { Signal } from "../signals/signal.ts";
import type { ServiceSettings } from "../settings.ts";
import type { Resource } from "./resource.ts";

/** What a trigger made of a signal: what the incident is about, and what the runbook gets to see. */
export interface Matched<S> {
  /** The root resource: one incident per episode and root resource. */
  readonly root: Resource;
  /** The service in the settings that it is about, if the root resource is not that service itself. */
  readonly service?: string;
  /** Over which nothing can be saved any more, in milliseconds since the epoch. */
  readonly deadlineAt?: number;
  /** This can happen to the root resource only once, such as an interruption to an instance. */
  readonly once?: boolean;
  readonly signal: S;
}

/**
 * Something a runbook reacts to. `match` says whether a signal is one of these, and for which root resource.
 *
 * It is pure, and it gets the signal as it is stored with the incident, so a plan made again later sees the same.
 */
export interface Trigger<S = unknown> {
  readonly id: string;
  /** What happened, in one line for a card. */
  readonly title: (signal: S) => string;
  readonly match: (signal: Signal, services: readonly ServiceSettings[]) => Matched<S> | undefined;
  /**
   * Everything that a person may have looked at although no event has said anything, as if one just had. Not there: only an
   * event knows enough, such as which job failed.
   */
  readonly byHand?: (services: readonly ServiceSettings[], said: SaidByHand) => readonly ByHand<S>[];
}

/** When and why a person asks for something. */
export interface SaidByHand {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly why: string;
}

/** What can be asked for, by the name that people type. */
export type ByHand<S> = Matched<S> & { readonly target: string };

/** Defines a trigger. */
export function defineTrigger<S>(trigger: Trigger<S>): Trigger<S> {
  return trigger;
}
