import type { Update } from "./update.ts";

/** Where a checkpoint stands, for whoever wants to crash there. */
export interface CheckpointSite {
  readonly arn: string;
  /** Of the execution. */
  readonly name: string;
  /** Which invocation of the execution is at work, from 1. */
  readonly invocation: number;
  /** Which checkpoint of this service it is, from 1. */
  readonly ordinal: number;
  readonly updates: readonly Update[];
}

/** Returning `"crash"` makes the sandbox die at that moment. */
export type Fault = (site: CheckpointSite) => "crash" | undefined;

/**
 * Where tests reach in. A sandbox that dies is fenced off: nothing it says is heard, and the function is invoked again
 * from what the file holds, after Lambda's backoff.
 */
export interface Faults {
  /** Before it is written: what it tells is lost. */
  beforeCheckpoint?: Fault | undefined;
  /** After it is written, before the handler hears of it. */
  afterCheckpoint?: Fault | undefined;
}
