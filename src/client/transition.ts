import type { FactBus } from "../aws/fact-bus.ts";
import type { Report } from "./event.ts";

/**
 * Tells the bus of every transition of a circuit, besides the workload's own hook. Of fifty processes one makes a transition,
 * so it is told once. Nobody waits for it, and a bus that does not take it is reported and harms no call.
 */
export const telling =
  (facts: FactBus, report: Report, now: () => number): Report =>
  (event) => {
    report(event);
    if (event.kind !== "circuit-changed") return;
    const { kind: _, ...transition } = event;
    facts
      .tell([{ type: "Paramedic Circuit Transition", detail: { ...transition, at: now() } }])
      .catch((error: unknown) => {
        const doing = `telling of the circuit ${event.circuit}`;
        report({ kind: "store-failed", doing, instead: "others are not told of this transition", error });
      });
  };
