/** The numbers of {@link Novelty} that were chosen by measuring; `bench:detector --split` chooses them again on half of the data. */
export interface NoveltyTuning {
  /** Trees of a forest, a multiple of four. */
  readonly trees: number;
  /** Rows a tree is grown from. */
  readonly subsample: number;
  /** See `ForestSettings.widen`. */
  readonly widen: number;
  /**
   * What each view counts: the forests of values, of means, of extremes and of roughness, then the nearest earlier patterns of short
   * and of long windows.
   */
  readonly weights: readonly number[];
  /** Ranks are also taken among the highest scores of blocks of this share of the span… */
  readonly blockShare: number;
  /** …and count so many times as much as ranks among points. */
  readonly blockWeight: number;
  /** What a value far beyond all earlier ones adds. */
  readonly beyondWorth: number;
  /** The most extreme of n ranks grows with n: at ten spans a score counts for this share less. */
  readonly discount: number;
}

export const noveltyTuning: NoveltyTuning = {
  trees: 24,
  subsample: 128,
  widen: 0.2,
  weights: [1, 1, 1, 0.5, 1, 1],
  blockShare: 0.4,
  blockWeight: 2,
  beyondWorth: 1,
  discount: 0.2,
};
