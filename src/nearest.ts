/**
 * The word that was probably meant: the one that takes the fewest slips of a finger (a letter too many, missing, wrong, or
 * two in the wrong order), if that is at most one in three of its letters. `undefined`: none is near.
 */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  const given = typed.toLowerCase().slice(0, 100);
  let best: { word: string; slips: number } | undefined;
  for (const word of words) {
    const slips = slipsBetween(given, word.toLowerCase());
    if (slips <= Math.max(1, Math.floor(word.length / 3)) && slips < (best?.slips ?? Infinity)) best = { word, slips };
  }
  return best?.word;
}

/** The optimal string alignment distance (Damerau 1964, Levenshtein 1966), three rows at a time. */
function slipsBetween(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (before[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
