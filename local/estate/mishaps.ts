import type { Stack } from "../stack.ts";

/** When the first incidents happen after a start, so that there is something to see within a minute, and then how often. */
const firstInterruptionMs = 8_000;
const firstBrownOutMs = 20_000;
const againMs = 12 * 60_000;
/** A brown-out passes by itself after this long. */
const brownOutMs = 20 * 60_000;

/** Lets incidents happen to the estate for as long as it runs: spot interruptions, and brown-outs of the model behind it. */
export function incidentsHappen(stack: Stack, say: (line: string) => void): void {
  const { clock, sim } = stack;
  const again = (inMs: number, everyMs: number, happen: () => void) => {
    const next = () => {
      happen();
      clock.at(clock.now() + everyMs, next);
    };
    clock.at(clock.now() + inMs, next);
  };
  again(firstInterruptionMs, againMs, () => {
    const doomed = Object.values(sim.world.instances).find(
      ({ state, reclaimedAt }) => state === "running" && reclaimedAt === undefined,
    );
    if (!doomed) return;
    say(`EC2 says that it takes ${doomed.id} back in two minutes.`);
    sim.spot.interrupt(doomed.id);
  });
  again(firstBrownOutMs, 3 * againMs, () => {
    say("The model behind the chat service is browned out: its answers take three times as long.");
    stack.setTrouble("slow", true);
    clock.at(clock.now() + brownOutMs, () => stack.setTrouble("slow", false));
  });
}
