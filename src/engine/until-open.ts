import type { Gate } from "./gates.ts";
import type { Steps } from "./steps.ts";

/** How long a halted remediation waits for people to resume. An execution may live for 24 hours in all. */
export const heldMost = { hours: 12 };
const heldMostMs = heldMost.hours * 3_600_000;

/** Often at first, because most halts are short; then seldom, because each look is an operation of the execution. */
const pauseMs = (asked: number): number => (asked <= 10 ? 30_000 : 300_000);

/**
 * Waits until a gate opens, and says whether it did within `mostMs` ({@link heldMost}). Costs nothing meanwhile: the execution sleeps.
 */
export async function untilOpen(
  steps: Steps,
  name: string,
  ask: () => Promise<Gate>,
  mostMs = heldMostMs,
): Promise<boolean> {
  let waitedMs = 0;
  for (let asked = 1; ; asked++) {
    const gate = await steps.atLeastOnce(`${name} open ${asked}`, ask);
    if (gate.open) return true;
    if (waitedMs >= mostMs) return false;
    await steps.sleep(`${name} closed ${asked}`, pauseMs(asked));
    waitedMs += pauseMs(asked);
  }
}
