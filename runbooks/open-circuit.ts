import { circuitClosed } from "../src/actions/circuit-closed.ts";
import { latencyBelow } from "../src/actions/conditions.ts";
import { forceCircuit } from "../src/actions/force-circuit.ts";
import { skip, until } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { dependencyFailing } from "../src/runbook/triggers/dependency.ts";

/**
 * Keeps a service from calling what does not answer: its circuit is opened for a minute, in which the service fails
 * over or falls back as its own code says, and its callers find the way back themselves: one probe, another while that
 * fails, then 1, 10, 50 and all of a hundred calls.
 *
 * Where its own metrics say that it is well, nothing is done, whoever says otherwise. What nobody measures is believed.
 *
 * If the service is no better without it, the circuit is given back at once. If its callers have not closed it within
 * half an hour, people are paged: the probe fails, and they decide what else there is.
 */
export const openCircuit = defineRunbook({
  id: "open-circuit",
  summary: "Stops calls of a dependency that is unwell, and lets them find back",
  on: [dependencyFailing],
  lane: "slow",
  uses: [forceCircuit, latencyBelow, circuitClosed],
  limit: { runs: 6, within: { hours: 1 } },

  async plan({ signal: { service, circuit, why, openMinutes, wellMs, signs }, look }) {
    const { table, state } = await look.circuit(circuit);
    const areWell = await Promise.all(
      signs.map(async ({ metric, high }) => {
        const latest = (await look.metric(metric, { over: { minutes: 5 } })).at(-1);
        return latest !== undefined && latest.value < high;
      }),
    );
    switch (state.kind) {
      case "open":
      case "half-open":
        return skip(`the callers of ${circuit} have opened it themselves (${state.why}) and probe it`);
      case "ramping":
        return skip(`${circuit} is on its way back: ${state.share * 100} % of calls go`);
      case "forced-open":
      case "forced-closed":
      case "metrics-only":
        return skip(`${state.by} holds ${circuit} ${state.kind} (${state.why})`);
      case "closed":
        if (areWell.length > 0 && !areWell.includes(false)) return skip(`${circuit} is well by its own metrics`);
        return [
          forceCircuit({ table, circuit, reason: why, lease: { minutes: openMinutes } }),
          until(`${service} does without ${circuit}`, latencyBelow({ service, ms: wellMs }), {
            every: { seconds: 30 },
            // A metric may be two minutes late, and what has piled up takes its time.
            within: { minutes: 10 },
          }),
          until(`the callers of ${circuit} close it`, circuitClosed({ circuit }), {
            every: { seconds: 30 },
            within: { minutes: 30 },
          }),
        ];
    }
  },
});
