import type { ServiceName } from "./operation.ts";

/**
 * Trouble on the way to AWS or in it.
 *
 * - `lost-response`: applied, then the connection drops. The decisive one: whoever tries again may do it twice.
 * - `reset-before`: the connection drops and nothing is applied.
 * - `throttle`, `denied`, `server-error`: refused in the service's own words, nothing is applied.
 * - `hang`: taken and never answered, nothing is applied. Only a time-out or an abort of the client ends it.
 * - `slow`: applied and answered `ms` later, on the simulation's clock.
 */
export interface Fault {
  readonly service: ServiceName;
  readonly operation: string;
  readonly kind: "lost-response" | "reset-before" | "throttle" | "denied" | "server-error" | "hang" | "slow";
  /** How many calls meet it, retries included. For ever, if not said. */
  readonly times?: number;
  /** Of `slow` alone. */
  readonly ms?: number;
  readonly when?: (input: unknown) => boolean;
}

export interface Faults {
  /** Adds a fault and returns what takes it away again. */
  add(fault: Fault): () => void;
  list(): readonly Fault[];
  clear(): void;
  /** The first fault this call meets; meeting it uses it up by one. */
  meet(service: ServiceName, operation: string, input: unknown): Fault | undefined;
}

export function createFaults(): Faults {
  const waiting = new Map<symbol, { readonly fault: Fault; left: number }>();
  return {
    add(fault) {
      const key = Symbol(fault.kind);
      waiting.set(key, { fault, left: fault.times ?? Infinity });
      return () => void waiting.delete(key);
    },
    list: () => [...waiting.values()].map(({ fault }) => fault),
    clear: () => waiting.clear(),
    meet(service, operation, input) {
      for (const [key, entry] of waiting) {
        const { fault } = entry;
        if (fault.service !== service || fault.operation !== operation || fault.when?.(input) === false) continue;
        entry.left -= 1;
        if (entry.left <= 0) waiting.delete(key);
        return fault;
      }
      return undefined;
    },
  };
}
