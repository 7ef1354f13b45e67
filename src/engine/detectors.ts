import { z } from "zod";
import { type Key, readBody, type Table } from "../aws/table.ts";
import { BotError } from "../bot-error.ts";
import { createDetector, type Detector, restoreDetector } from "../detect/detector.ts";

/** What the table keeps of a series beside its detector, for people who look: the last points and what was thought of them. */
const seriesRecord = z.object({
  series: z.string(),
  recent: z.array(
    z.object({
      at: z.number(),
      value: z.number(),
      low: z.number().optional(),
      high: z.number().optional(),
      severity: z.number().optional(),
      anomalous: z.boolean().optional(),
    }),
  ),
});
export type SeriesRecord = z.infer<typeof seriesRecord>;

/** A detector as it was found, with the version that saving compares. */
export interface Opened {
  readonly key: Key;
  /** 0: it is new. */
  readonly version: number;
  readonly detector: Detector;
  readonly recent: SeriesRecord["recent"];
  /** Why what was stored could not be used, and the detector begins anew: damage, or another version of it. */
  readonly lost?: string;
}

/** The detectors of series: in the table, and those of the series this process has just scored in memory too. */
export interface Detectors {
  /** The detector of a series, a fresh one if there is none. It may be changed: save it, or open it again. */
  open(key: Key, fresh: Parameters<typeof createDetector>[0]): Promise<Opened>;
  /** Writes it over the version that was opened. `false`: another process was faster, and what was scored is void. */
  save(opened: Opened, record: SeriesRecord): Promise<boolean>;
  /** What people may look at. */
  read(key: Key): Promise<SeriesRecord | undefined>;
}

/** Growing a detector's forests again takes milliseconds, and it is a megabyte or two live: so the last few are kept. */
const keptMax = 64;

export function createDetectors(table: Table): Detectors {
  const kept = new Map<string, { version: number; detector: Detector }>();
  return {
    async open(key, fresh) {
      const item = await table.get(key);
      if (!item?.bytes) return { key, version: 0, detector: createDetector(fresh), recent: [] };
      const { recent } = readBody(item, seriesRecord);
      const known = kept.get(key.pk);
      // Whoever holds it may leave it half changed, so it is put back only when it has been saved.
      kept.delete(key.pk);
      const found = { key, version: item.version, recent };
      if (known?.version === item.version) return { ...found, detector: known.detector };
      try {
        return { ...found, detector: restoreDetector(item.bytes) };
      } catch (error) {
        // A damaged model is never scored with, and one of an earlier release is of no use: the series is learnt anew.
        if (!(error instanceof BotError)) throw error;
        return { ...found, detector: createDetector(fresh), lost: error.message };
      }
    },
    async save({ key, version, detector }, body) {
      // In no list: an index would copy the model with every save.
      const item = { ...key, body, bytes: detector.save() };
      const isWritten = version === 0 ? await table.create(item) : await table.replace({ ...item, version });
      if (!isWritten) return false;
      kept.set(key.pk, { version: version + 1, detector });
      for (const oldest of kept.keys()) {
        if (kept.size <= keptMax) break;
        kept.delete(oldest);
      }
      return true;
    },
    async read(key) {
      const item = await table.get(key);
      return item && readBody(item, seriesRecord);
    },
  };
}
