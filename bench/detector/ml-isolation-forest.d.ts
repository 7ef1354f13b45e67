/** As much of it as the benchmark calls: the package comes without types. */
declare module "ml-isolation-forest" {
  export class IsolationForest {
    constructor(options?: { nEstimators?: number });
    train(rows: readonly (readonly number[])[]): void;
    /** A score for each row, more is stranger. */
    predict(rows: readonly (readonly number[])[]): number[];
  }
}
