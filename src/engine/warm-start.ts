import { BotError } from "../bot-error.ts";
import { type Detector, restoreDetector } from "../detect/detector.ts";
import type { ModelReader } from "./model-store.ts";

/** What became of the look for a model: a detector that knows the series' past, or why there is none. */
export interface Begun {
  readonly detector?: Detector;
  /** There is a model, and it is not used. */
  readonly refused?: string;
}

/** A model that has not been renewed for so long says little of today: `learn` renews it every day. */
const oldMs = 3 * 86_400_000;
/** The points of a model and of the series may be so many times as far apart: a mean over a minute swings less than one over a second. */
const paceMax = 2;

/** A cold detector in place of which a model may be used: it has seen two points at least, so their distance is known. */
export const wantsModel = ({ isCold, intervalMs }: Detector): boolean => isCold && intervalMs > 0;

/**
 * Looks for what `learn` has made of the past of a series whose own detector is still cold.
 *
 * Never scores with what it cannot trust: damaged bytes, a model of another version or of another series, one that is older
 * than three days, or whose points are at another distance. Why it was refused is for the log; a store that does not answer
 * is a reason like any other, since a cold detector warms up by itself.
 */
export async function warmStart(models: ModelReader, name: string, cold: Detector): Promise<Begun> {
  try {
    const bytes = await models.read(name);
    if (!bytes) return {};
    const detector = restoreDetector(bytes);
    if (detector.settings.seed !== cold.settings.seed) return { refused: "it is of another series" };
    if (cold.lastMs - detector.lastMs > oldMs) return { refused: "it ends more than three days ago" };
    const pace = detector.intervalMs / cold.intervalMs;
    if (!(pace <= paceMax && pace >= 1 / paceMax)) {
      return {
        refused: `its points are ${detector.intervalMs / 1000} s apart, those of the series ${cold.intervalMs / 1000} s`,
      };
    }
    return { detector };
  } catch (error) {
    if (error instanceof BotError) return { refused: error.message };
    throw error;
  }
}
