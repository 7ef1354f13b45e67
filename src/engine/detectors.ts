import { z } from "zod";
import type { Key, Table } from "../aws/table.ts";
import { createDetector, type Detector, restoreDetector } from "../detect/detector.ts";
import { ServiceDetector, type Together } from "../detect/service-detector.ts";
import { type ModelReader, noModels } from "./model-store.ts";
import { createModels, type Learning, type Models, type Opened } from "./models.ts";
import { modelName } from "./series-item.ts";
import { type Begun, warmStart, wantsModel } from "./warm-start.ts";

/** A point of a series, and what was thought of it. */
const point = z.object({
  at: z.number(),
  value: z.number(),
  low: z.number().optional(),
  high: z.number().optional(),
  severity: z.number().optional(),
  anomalous: z.boolean().optional(),
  /** Nothing was to be learned from it: an incident was open. */
  held: z.boolean().optional(),
});
export type Point = z.infer<typeof point>;

/** A series as it was last scored: its detector, and the last points beside it for people who look. */
export interface Watched {
  readonly detector: Detector;
  readonly recent: Point[];
}

/** How many points are kept for people to look at: a quarter of an hour of ten-second samples. */
const recentMax = 90;

const watched: Learning<Watched, Point, Point[]> = {
  entry: point,
  body: z.array(point),
  show({ detector, recent }, point) {
    hold(detector, point.held === true);
    detector.next(point.at, point.value);
    remember(recent, [point]);
  },
  save: ({ detector, recent }) => ({ body: recent, bytes: detector.save() }),
  restore: ({ body, bytes }) => ({ detector: restoreDetector(bytes), recent: body }),
};

/** While people or the bot are at work on a service, what it shows is no picture of its normal state. */
export function hold(detector: Pick<Detector, "freeze" | "thaw">, held: boolean): void {
  if (held) detector.freeze();
  else detector.thaw();
}

export function remember(recent: Point[], points: readonly Point[]): void {
  recent.push(...points);
  recent.splice(0, Math.max(0, recent.length - recentMax));
}

/** A value of one signal of a service. */
const signal = z.object({ at: z.number(), name: z.string(), value: z.number(), held: z.boolean() });
export type Signalled = z.infer<typeof signal>;

const together: Learning<ServiceDetector, Signalled, null> = {
  entry: signal,
  body: z.null(),
  show: (detector, shown) => void showSignal(detector, shown),
  save: (detector) => ({ body: null, bytes: detector.save() }),
  restore: ({ bytes }) => ServiceDetector.restore(bytes),
};

/** Shows a service's detector a value, and says what it thinks of the frame that this has closed, if any. */
export function showSignal(detector: ServiceDetector, { at, name, value, held }: Signalled): Together | undefined {
  hold(detector, held);
  return detector.next(at, name, value);
}

/** The detectors of series, and of the signals of a service together, in the table. */
export interface Detectors {
  /**
   * The detector of a series, a fresh one if there is none; one that is cold goes on from what `learn` knows of its past, and
   * `past` says so, or why it does not. It may be shown more: append that, or open it again.
   */
  open(
    key: Key,
    fresh: Parameters<typeof createDetector>[0],
  ): Promise<Opened<Watched> & { readonly past?: Pick<Begun, "refused"> }>;
  /** Keeps the points it was shown. `false`: another process was faster, and what was scored is void. */
  append(opened: Opened<Watched>, points: readonly Point[]): Promise<boolean>;
  /** The last points, oldest first: what people may look at. Empty where nothing has been seen. */
  recent(key: Key): Promise<readonly Point[]>;
  readonly together: Models<ServiceDetector, Signalled, null>;
}

/** A detector is a fifth of a megabyte live. */
const keptMax = { series: 64, services: 16 };

/** A series that is cold asks for its past again after so long by its own time: `learn` may have come by. */
const askAgainMs = 600_000;
const askedMax = 10_000;

/** `pasts`: where the past of series that are cold is found. */
export function createDetectors(table: Table, pasts: ModelReader = noModels): Detectors {
  const models = createModels(table, watched, keptMax.series);
  /** When a series last asked for its past, by its own time. */
  const asked = new Map<string, number>();

  const warmed: (opened: Opened<Watched>) => ReturnType<Detectors["open"]> = async (opened) => {
    const { detector: cold, recent } = opened.model;
    const { key } = opened.place;
    if (!wantsModel(cold) || cold.lastMs - (asked.get(key.pk) ?? -Infinity) < askAgainMs) return opened;
    if (asked.size >= askedMax) asked.clear();
    asked.set(key.pk, cold.lastMs);
    const { detector, refused } = await warmStart(pasts, modelName(key), cold);
    if (!detector) return refused === undefined ? opened : { ...opened, past: { refused } };
    const replaced = await models.replace(opened, { detector, recent });
    return replaced ? { ...replaced, past: {} } : opened;
  };

  return {
    together: createModels(table, together, keptMax.services),
    open: async (key, fresh) =>
      await warmed(await models.open(key, () => ({ detector: createDetector(fresh), recent: [] }))),
    append: (opened, points) => models.append(opened, points),
    async recent(key) {
      const { body: recent = [], entries = [] } = (await models.look(key)) ?? {};
      remember(recent, entries);
      return recent;
    },
  };
}
