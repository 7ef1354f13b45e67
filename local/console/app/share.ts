/**
 * Gives `next` with every part that has not changed replaced by the very same part of `before`.
 *
 * The whole state arrives each second; with this, what has not changed is the same object, so React leaves it alone.
 * Both are what `JSON.parse` gives; `next` is used up.
 */
export function share(before: unknown, next: unknown): unknown {
  if (!isTree(before) || !isTree(next) || Array.isArray(before) !== Array.isArray(next)) return next;
  const keys = Object.keys(next);
  let same = keys.length === Object.keys(before).length;
  for (const key of keys) {
    const had = Object.hasOwn(before, key);
    if (had) next[key] = share(before[key], next[key]);
    same &&= had && Object.is(before[key], next[key]);
  }
  return same ? before : next;
}

const isTree = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
