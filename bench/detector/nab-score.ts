/** What an alert is worth: inside a window at most `tp`, far outside −`fp`; a window without one costs `fn`. */
export interface Profile {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
}

/** NAB's three profiles, as in its `config/profiles.json`. */
export const profiles = {
  standard: { tp: 1, fp: 0.11, fn: 1 },
  lowFP: { tp: 1, fp: 0.22, fn: 1 },
  lowFN: { tp: 1, fp: 0.11, fn: 2 },
} as const satisfies Record<string, Profile>;
export type ProfileName = keyof typeof profiles;

/** A window of rows that an alert in it is right for; both ends belong to it. */
export interface Window {
  readonly first: number;
  readonly last: number;
}

/** What is known of one file: its rows' scores, and where its windows are. */
export interface ScoredFile {
  readonly scores: Float64Array;
  readonly windows: readonly Window[];
}

/** Rows at the start of a file that count for nothing: 15 %, and never more than 750. */
export function probation(rows: number): number {
  return Math.floor(0.15 * Math.min(rows, 5000));
}

/** Where a row lies: its window, if any, and what an alert there is worth before weights: −1 to 1. */
interface Place {
  readonly window: number;
  readonly worth: number;
}

/**
 * NAB's worth of an alert at each row (Lavin & Ahmad 2015, equations 1 and 2; numenta/NAB `sweeper.py`): 1 at the left edge of a
 * window, falling along a sigmoid to 0 at its right edge and −1 three widths behind it. Before the first window it is −1.
 */
export function places(rows: number, windows: readonly Window[]): Place[] {
  const full = sigmoid(-1);
  const all: Place[] = [];
  let before: Window | undefined;
  let at = 0;
  for (let row = 0; row < rows; row++) {
    const window = windows[at];
    if (window && row >= window.first) {
      const wide = window.last - window.first + 1;
      all.push({ window: at, worth: sigmoid(-(window.last - row + 1) / wide) / full });
      if (row === window.last) {
        before = window;
        at++;
      }
    } else {
      const past = before && (row - before.last) / (before.last - before.first);
      all.push({ window: -1, worth: past === undefined ? -1 : sigmoid(past) });
    }
  }
  return all;
}

/** Thousands of alarms on one file are scored when something is chosen: its places are found once. */
const known = new WeakMap<readonly Window[], Place[]>();

function placesOf(rows: number, windows: readonly Window[]): Place[] {
  const found = known.get(windows);
  if (found?.length === rows) return found;
  const made = places(rows, windows);
  known.set(windows, made);
  return made;
}

/** The points of a file under one profile, where an alert is every row whose score is at least the threshold. */
export function rawScore({ scores, windows }: ScoredFile, profile: Profile, threshold: number): number {
  const from = probation(scores.length);
  const best = windows.map(() => -profile.fn);
  let wrong = 0;
  const all = placesOf(scores.length, windows);
  scores.forEach((score, row) => {
    if (row < from || !(score >= threshold)) return;
    const { window, worth } = all[row]!;
    if (window < 0) wrong += worth * profile.fp;
    else best[window] = Math.max(best[window]!, worth * profile.tp);
  });
  return best.reduce((sum, points) => sum + points, wrong);
}

/** The points of many files as NAB prints them: 0 for a detector that never alerts, 100 for one that is always right and at once. */
export function normalised(files: readonly ScoredFile[], profile: Profile, points: number): number {
  const windows = files.reduce((sum, file) => sum + file.windows.length, 0);
  const silent = -windows * profile.fn;
  return (100 * (points - silent)) / (windows * profile.tp - silent);
}

/** The score of many files at one threshold for all. */
export function scoreAt(files: readonly ScoredFile[], profile: Profile, threshold: number): number {
  return normalised(
    files,
    profile,
    files.reduce((sum, file) => sum + rawScore(file, profile, threshold), 0),
  );
}

/**
 * The threshold with the highest score, and that score: what NAB's optimiser finds, by trying every score that occurs.
 *
 * Rows are visited from the highest score down, so each threshold costs only what it adds.
 */
export function bestThreshold(files: readonly ScoredFile[], profile: Profile): { threshold: number; score: number } {
  const rows = files.flatMap(({ scores, windows }, file) => {
    const from = probation(scores.length);
    return places(scores.length, windows)
      .map((place, row) => ({ ...place, file, row, score: scores[row]! }))
      .filter(({ row }) => row >= from);
  });
  rows.sort((a, b) => b.score - a.score);
  const best = files.map(({ windows }) => windows.map(() => -profile.fn));
  let points = best.flat().reduce((sum, part) => sum + part, 0);
  let found = { threshold: Infinity, points };
  rows.forEach(({ window, worth, file, score }, i) => {
    if (window < 0) points += worth * profile.fp;
    else {
      const gain = Math.max(0, worth * profile.tp - best[file]![window]!);
      best[file]![window]! += gain;
      points += gain;
    }
    if (rows[i + 1]?.score !== score && points > found.points) found = { threshold: score, points };
  });
  return { threshold: found.threshold, score: normalised(files, profile, found.points) };
}

/** From about 1 at −1 over 0 at 0 to −1; NAB cuts it off at three widths. */
function sigmoid(position: number): number {
  return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}
