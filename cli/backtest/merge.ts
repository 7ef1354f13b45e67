import { faultOf } from "../replay/wrong-file.ts";
import { type Item, windowMs } from "./item.ts";
import type { Note, Source } from "./source.ts";

interface Open {
  readonly name: string;
  readonly items: AsyncGenerator<Item>;
  next: Item;
}

/**
 * All items of all sources in the order of their times. What is beside them goes to `aside`, and a source that cannot be read is
 * told there and left out.
 *
 * A source is opened when its first item is due, so of a month in thousands of files few are open. Items of one source may be out
 * of order by a window; what is older than that comes when it comes, and is told.
 */
export async function* merge(sources: readonly Source[], aside: (note: Note) => void): AsyncGenerator<Item> {
  const waiting = await beginnings(sources, aside);
  const open: Open[] = [];
  let newest = -Infinity;
  try {
    for (;;) {
      let first = earliest(open);
      while (waiting[0] && (!first || waiting[0].begins - windowMs <= first.next.at)) {
        const { source } = waiting[0];
        waiting.shift();
        const items = inOrder(whole(source, aside));
        const { value, done } = await items.next();
        if (!done) open.push({ name: source.name, items, next: value });
        first = earliest(open);
      }
      if (!first) return;
      if (first.next.at < newest - windowMs) aside({ kind: "late", file: first.name });
      newest = Math.max(newest, first.next.at);
      yield first.next;
      const { value, done } = await first.items.next();
      if (done) open.splice(open.indexOf(first), 1);
      else first.next = value;
    }
  } finally {
    for (const { items } of open) await items.return(undefined);
  }
}

/** When each source begins, the earliest first. One without items is read to its end here, and what is beside them is kept. */
async function beginnings(sources: readonly Source[], aside: (note: Note) => void) {
  const found: { source: Source; begins: number }[] = [];
  for (const source of sources) {
    const notes: Note[] = [];
    let begins: number | undefined;
    for await (const { at } of whole(source, (note) => void notes.push(note))) {
      begins = at;
      break;
    }
    if (begins === undefined) notes.forEach(aside);
    else found.push({ source, begins });
  }
  return found.sort((a, b) => a.begins - b.begins);
}

const earliest = (open: readonly Open[]): Open | undefined =>
  open.reduce<Open | undefined>((best, one) => (best && best.next.at <= one.next.at ? best : one), undefined);

/** The items of a source up to where it cannot be read any further. */
async function* whole(source: Source, aside: (note: Note) => void): AsyncGenerator<Item> {
  try {
    yield* source.items(aside);
  } catch (error) {
    const fault = faultOf(error);
    if (!fault) throw error;
    aside({ kind: "wrong", fault });
  }
}

/** Puts in order what is out of order by less than a window. */
async function* inOrder(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  const held: Item[] = [];
  let newest = -Infinity;
  for await (const item of items) {
    newest = Math.max(newest, item.at);
    held.splice(held.findLastIndex(({ at }) => at <= item.at) + 1, 0, item);
    const due = held.findIndex(({ at }) => at >= newest - windowMs);
    if (due > 0) yield* held.splice(0, due);
  }
  yield* held;
}
