import { z } from "zod";
import { defineCondition } from "../runbook/condition.ts";

/** Any call of an open circuit whose time is over probes it. So long without one, in milliseconds, and nobody is calling. */
const nobodyCallsMs = 120_000;

/**
 * Every call of a dependency goes: its callers have closed the circuit again, or a person has. Or nobody calls it, and
 * the next one who does will probe it: there is nothing to wait for.
 */
export const circuitClosed = defineCondition({
  id: "circuit.is-closed",
  params: z.object({ circuit: z.string() }),
  permissions: ["dynamodb:GetItem"],
  summary: ({ circuit }) => `${circuit} is closed`,
  holds: async ({ params: { circuit }, look }) => {
    const { state, at } = await look.circuit(circuit);
    switch (state.kind) {
      case "closed":
        return { holds: true, saw: `${circuit} is closed` };
      case "forced-closed":
      case "metrics-only":
        return { holds: true, saw: `${state.by} holds ${circuit} ${state.kind}` };
      case "ramping":
        return { holds: false, saw: `${state.share * 100} % of the calls of ${circuit} go` };
      case "open":
        return at - state.until > nobodyCallsMs
          ? { holds: true, saw: `nobody calls ${circuit}; the next call probes it` }
          : { holds: false, saw: `${circuit} is open (${state.why})` };
      case "half-open":
      case "forced-open":
        return { holds: false, saw: `${circuit} is ${state.kind}` };
    }
  },
});
