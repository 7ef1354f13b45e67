/** Where a series' past is found by a detector that has not lived through it: one model per series, made by `learn`. */
export interface ModelReader {
  /** The model under this name, a saved detector; `undefined`: there is none. @throws BotError `aws_failed`. */
  read(name: string): Promise<Uint8Array | undefined>;
}

/** A model that is there: when it was written, and the tag that a write over it compares. */
export interface StoredModel {
  readonly at: number;
  readonly tag: string;
}

/** The models as the one who makes them sees them. */
export interface ModelStore extends ModelReader {
  /** Every model of this version of the detector, by name. */
  list(): Promise<ReadonlyMap<string, StoredModel>>;
  /**
   * Writes a model whole or not at all: over the one that was listed, or where there was none. `false`: somebody else was
   * faster, and theirs stands. @throws BotError `aws_failed`.
   */
  write(name: string, bytes: Uint8Array, over: StoredModel | undefined): Promise<boolean>;
}

export const noModels: ModelReader = { read: () => Promise.resolve(undefined) };
