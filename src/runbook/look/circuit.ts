import type { State } from "../../client/circuit/machine.ts";

/** A circuit as its callers share it. */
export interface CircuitSeen {
  /** The table it is kept in, by name. */
  readonly table: string;
  readonly state: State;
  /** When it was looked at, in milliseconds since the epoch. */
  readonly at: number;
}

/** Circuits that workloads share. */
export interface CircuitLook {
  /** The circuit of this name. One that nobody has ever written is closed. */
  circuit(name: string): Promise<CircuitSeen>;
}
