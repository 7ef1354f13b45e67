import type { Call } from "../../sim/sim.ts";
import type { Random } from "../../src/detect/random.ts";
import type { Suppressed } from "./bot.ts";

/** Each action is tried without for the price of a run, so of many only so many are drawn. */
const triedUsually = 8;

/**
 * Of the changes that a run made, how many did harm: the same seed again without that one change, and less is lost.
 *
 * A change that is suppressed is refused by AWS; the bot meets a failed action, and does what it does then.
 */
export async function testHarm(
  calls: readonly Call[],
  loss: number,
  random: Random,
  rerun: (suppressed: Suppressed) => Promise<number>,
  triedMax = triedUsually,
): Promise<{ readonly tested: number; readonly harmful: number }> {
  const ordinals = new Map<string, number>();
  const changes = calls.flatMap(({ service, operation, mutating, changed }): Suppressed[] => {
    const ordinal = ordinals.get(`${service} ${operation}`) ?? 0;
    ordinals.set(`${service} ${operation}`, ordinal + 1);
    return mutating && changed ? [{ service, operation, ordinal }] : [];
  });
  const tried = draw(changes, triedMax, random);
  let harmful = 0;
  // A loss that differs by a thousandth is the noise of another draw, not harm.
  for (const one of tried) if ((await rerun(one)) < loss * 0.999 - 1e-9) harmful += 1;
  return { tested: tried.length, harmful };
}

function draw<T>(all: readonly T[], count: number, random: Random): T[] {
  const left = [...all];
  return Array.from({ length: Math.min(count, all.length) }, () => left.splice(random.below(left.length), 1)).flat();
}
