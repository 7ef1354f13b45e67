import type { StateKind } from "./circuit/machine.ts";

/** What the client tells the workload that it runs in, so that nothing it decides goes unseen. Log it, count it, alarm on it. */
export type ClientEvent =
  | {
      readonly kind: "circuit-changed";
      readonly circuit: string;
      readonly from: StateKind;
      readonly to: StateKind;
      /** Share of calls let through now, from 0 to 1. */
      readonly share: number;
      readonly generation: number;
      readonly why: string;
      /** The provider refuses us for good (no access, no such model): a person has to look. */
      readonly isFatal: boolean;
    }
  | { readonly kind: "circuit-refused"; readonly circuit: string; readonly retryAt: number }
  /** Metrics only: this is where it would have opened. */
  | { readonly kind: "circuit-would-open"; readonly circuit: string; readonly why: string }
  | { readonly kind: "failed-over"; readonly from: string; readonly to: string; readonly why: string }
  | { readonly kind: "no-provider-left"; readonly tried: readonly { readonly name: string; readonly why: string }[] }
  /** A store did not answer, and this is what is done without it. */
  | { readonly kind: "store-failed"; readonly doing: string; readonly instead: string; readonly error: unknown }
  /** An agent spent `usd` within `overMs`, many times its plan, and is held from now on. */
  | {
      readonly kind: "agent-held";
      readonly agent: string;
      readonly usd: number;
      readonly overMs: number;
      readonly plannedUsdPerHour: number;
      readonly until: number;
    }
  | { readonly kind: "agent-released"; readonly agent: string; readonly why: string }
  /** A model of an agent with a plan has no price: what it costs is not seen. Told once a model. */
  | { readonly kind: "model-unpriced"; readonly agent: string; readonly model: string }
  /** Measured points that were given up, and tokens in them. */
  | { readonly kind: "points-lost"; readonly points: number; readonly value: number; readonly why: string };

export type Report = (event: ClientEvent) => void;

/** Gives events to the workload's hook. A hook that throws is warned about and harms no call. */
export function reporter(onEvent: Report | undefined): Report {
  return (event) => {
    try {
      onEvent?.(event);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error), { code: "PARAMEDIC_HOOK" });
    }
  };
}
