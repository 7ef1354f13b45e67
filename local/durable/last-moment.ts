import { existsSync } from "node:fs";
import { openDatabase } from "./schema.ts";
import { Store } from "./store.ts";

/**
 * The latest time on the clock of whoever used the file last, or `undefined` if there is no such file.
 *
 * A clock that was skipped ahead is ahead of the wall; the next one on the same file must not begin before it.
 */
export function lastMomentIn(file: string): number | undefined {
  if (file === ":memory:" || !existsSync(file)) return undefined;
  const store = new Store(openDatabase(file));
  try {
    return store.lastMoment();
  } finally {
    store.close();
  }
}
