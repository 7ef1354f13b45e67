import { z } from "zod";
import { type Key, readBody, type Table } from "../aws/table.ts";
import { BotError } from "../bot-error.ts";
import type { Json } from "../json.ts";

/** Something that learns from what it is shown, one entry after the other, and from the same always the same. */
export interface Learning<M, E extends Json, B extends Json> {
  readonly entry: z.ZodType<E>;
  /** What is kept beside its bytes. */
  readonly body: z.ZodType<B>;
  show(model: M, entry: E): void;
  save(model: M): { readonly body: B; readonly bytes: Uint8Array };
  /** @throws BotError for bytes that are damaged, or of another version. */
  restore(saved: { readonly body: B; readonly bytes: Uint8Array }): M;
}

/** A model that has seen everything that was ever appended. It may be shown more: append that, or open it again. */
export interface Opened<M> {
  readonly model: M;
  /** Nothing is stored of it yet. */
  readonly isNew: boolean;
  /** Why what was stored could not be used, and the model begins anew: damage, or another version of it. */
  readonly lost?: string;
  readonly place: Place;
}

/** Where an opened model stands in what was appended; entries are numbered from 1. */
interface Place {
  readonly key: Key;
  /** Version of the tail; 0: there is none. */
  readonly version: number;
  /** Number of the last entry it has seen. */
  readonly seen: number;
  /** Number of the last entry that is in the snapshot, as far as we know. */
  readonly saved: number;
  /** The entries after that. */
  readonly entries: readonly Json[];
}

/** Models of one kind. */
export interface Models<M, E extends Json, B extends Json> {
  /** `fresh` makes one that has seen nothing. */
  open(key: Key, fresh: () => M): Promise<Opened<M>>;
  /**
   * Puts another model in the place of an opened one. It is in the table from now on, and with the next append everybody goes
   * on from it. `undefined`: another process was faster.
   */
  replace(opened: Opened<M>, model: M): Promise<Opened<M> | undefined>;
  /**
   * Keeps what an opened model was shown since. `false`: another process was faster, nothing is kept, and what the model
   * has said is void.
   */
  append(opened: Opened<M>, shown: readonly E[]): Promise<boolean>;
  /** What is beside the model in its snapshot, and the entries since; changes nothing. `undefined`: nothing is stored of it. */
  look(key: Key): Promise<{ readonly body?: B; readonly entries: readonly E[] } | undefined>;
}

/**
 * A tail is folded into the snapshot when it has so many entries. Every append writes the tail, so a longer one costs more
 * each time, and a shorter one is folded more often: for entries of a hundred bytes and a snapshot of 45 kB, 20 to 40 cost
 * the same, a ninth of what it would cost to write the whole model with every entry.
 */
const tailMax = 24;

const tail = z.object({ after: z.int().nonnegative(), entries: z.array(z.json()) });

/**
 * Models in the table: a snapshot of each, and beside it the entries since. An append writes only the entries, by one
 * conditional write, which puts all processes in order; whoever opens shows a model what its snapshot has not seen.
 *
 * The snapshot is written when a long tail is found, before anything is appended, and says up to which entry it goes. So
 * a process that dies at any point loses nothing, and an entry leaves the tail only when a snapshot has it.
 * The last `keptMax` models stay in memory, and are shown what others have appended meanwhile.
 */
export function createModels<M, E extends Json, B extends Json>(
  table: Table,
  learning: Learning<M, E, B>,
  keptMax: number,
): Models<M, E, B> {
  const snapshot = z.object({ seen: z.int().nonnegative(), body: learning.body });
  /** A model, the number of the last entry it has seen, and of the last one that is in its snapshot for certain. */
  interface Known {
    readonly model: M;
    readonly seen: number;
    readonly saved: number;
  }
  const kept = new Map<string, Known>();
  const nameOf = ({ pk, sk }: Key): string => `${pk} ${sk}`;

  async function load(key: Key, fresh: () => M): Promise<Known & { lost?: string }> {
    const item = await table.get(key);
    if (!item) return { model: fresh(), seen: 0, saved: 0 };
    let seen = 0;
    try {
      const stored = readBody(item, snapshot);
      ({ seen } = stored);
      return {
        seen,
        saved: seen,
        model: learning.restore({ body: stored.body, bytes: item.bytes ?? new Uint8Array() }),
      };
    } catch (error) {
      // A damaged model is never scored with, and one of an earlier release is of no use: it is learnt anew.
      if (!(error instanceof BotError)) throw error;
      return { seen, saved: seen, model: fresh(), lost: error.message };
    }
  }

  /** Writes the snapshot, unless there is one that has seen as much. Answers what it goes up to, for certain. */
  async function fold(key: Key, { model, seen, saved }: Known): Promise<number> {
    const item = await table.get(key);
    const there = snapshot.safeParse(item?.body).data?.seen ?? 0;
    if (there >= seen) return there;
    const { body, bytes } = learning.save(model);
    // In no list: an index would copy the model with every save.
    const next = { ...key, body: { seen, body }, bytes };
    const isWritten = item ? await table.replace({ ...next, version: item.version }) : await table.create(next);
    return isWritten ? seen : saved;
  }

  return {
    async open(key, fresh) {
      // The tail first: what has left it was in the snapshot before.
      const item = await table.get(tailOf(key));
      const { after, entries } = item ? readBody(item, tail) : { after: 0, entries: [] };
      const last = after + entries.length;
      const known = kept.get(nameOf(key));
      // Whoever holds it may leave it half changed, so it is put back only when what it was shown has been appended.
      kept.delete(nameOf(key));
      const isUsable = item && known && known.seen >= after && known.seen <= last;
      const { lost, ...from } = isUsable
        ? { ...known, saved: Math.max(known.saved, after), lost: undefined }
        : { lost: undefined, ...(await load(key, fresh)) };
      for (const next of entries.slice(Math.max(0, from.seen - after)))
        learning.show(from.model, learning.entry.parse(next));
      const now = { ...from, seen: Math.max(from.seen, last) };
      const saved = now.seen - now.saved < tailMax ? now.saved : await fold(key, now);
      const rest = entries.slice(Math.max(0, saved - after));
      const place = { key, version: item?.version ?? 0, seen: now.seen, saved, entries: rest };
      return { model: now.model, isNew: !item && now.seen === 0, place, ...(lost !== undefined && { lost }) };
    },

    async replace({ place: { key, version, seen }, ...opened }, model) {
      // A number of its own: whoever has the old model in memory is behind, and loads the new one.
      const next = { model, seen: seen + 1, saved: seen };
      if ((await fold(key, next)) !== next.seen) return undefined;
      return { ...opened, model, place: { key, version, seen: next.seen, saved: next.seen, entries: [] } };
    },

    async append({ model, place: { key, version, seen, saved, entries } }, shown) {
      const all = [...entries, ...shown];
      const last = seen + shown.length;
      const next = { ...tailOf(key), body: { after: last - all.length, entries: all } };
      const isWritten = version === 0 ? await table.create(next) : await table.replace({ ...next, version });
      if (!isWritten) return false;
      kept.set(nameOf(key), { model, seen: last, saved });
      for (const oldest of kept.keys()) {
        if (kept.size <= keptMax) break;
        kept.delete(oldest);
      }
      return true;
    },

    async look(key) {
      const after = await table.get(tailOf(key));
      if (!after) return undefined;
      const read = readBody(after, tail);
      const { seen, body } = snapshot.safeParse((await table.get(key))?.body).data ?? { seen: 0 };
      const entries = read.entries.slice(Math.max(0, seen - read.after)).map((next) => learning.entry.parse(next));
      return { entries, ...(body !== undefined && { body }) };
    },
  };
}

const tailOf = ({ pk, sk }: Key): Key => ({ pk, sk: `${sk} tail` });
