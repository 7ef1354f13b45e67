import type { Duration } from "../../src/clock.ts";
import type { Sim } from "../../sim/sim.ts";
import type { ServiceName } from "../../sim/operation.ts";
import type { Action } from "../../src/runbook/action.ts";

/** Something that can happen to a target, or why it cannot happen to this one, for the table in docs/safety.md. */
export type Happening = (() => void | Promise<void>) | { readonly cannot: string };

/** A call that changes something. */
export interface ChangingCall {
  readonly service: ServiceName;
  readonly operation: string;
}

/**
 * A world in which one action can be rehearsed, fresh for every rehearsal, and the ways to disturb it. The suite puts
 * each kind of trouble in its way and holds the action to the promises of docs/safety.md.
 */
export interface Rehearsal {
  /** On a `VirtualClock`: the suite lets time pass where the engine would. */
  readonly sim: Sim;
  /** What the action is planned with. */
  readonly params: unknown;
  /** For a change that carries its own end. */
  readonly lease?: Duration;
  /** The one call of `do` that changes something: faults are put on it. */
  readonly change: ChangingCall;
  /** The call of `undo` that changes something; absent when the action has no undo. */
  readonly back?: ChangingCall;
  /** How long after `do`, and after `undo`, the world is looked at. At once, if not said. */
  readonly settles?: Duration;
  /** Whether the change is in place, looked up in the simulated world and not through the action. */
  isDone(): boolean;
  /** Whether the target is as it was. */
  isBack(): boolean;
  /** The target goes away before the action comes. Then the action fails or finds nothing to do, and makes nothing worse. */
  readonly goes: Happening;
  /** Somebody has already done the same: the action ends well, and its undo leaves what was not its own. */
  readonly already: Happening;
  /** The service has done a part only, such as one of two targets. */
  readonly half: Happening;
  /** Somebody changes the target between do and undo: `isTheirs` says whether their change still stands after the undo. */
  readonly theirs: Happening;
  isTheirs(): boolean;
}

/** How an action is rehearsed: one file for each action in test/actions/cases. */
export interface ActionCase {
  readonly action: Pick<Action, "kind" | "id">;
  rehearse(): Promise<Rehearsal> | Rehearsal;
}
