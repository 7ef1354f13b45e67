import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Series } from "./nab-corpus.ts";
import { readScores } from "./nab-corpus.ts";
import type { ProfileName } from "./nab-score.ts";
import { profiles, scoreAt } from "./nab-score.ts";

const byProfile = <T extends z.ZodType>(value: T) =>
  z.record(z.string(), z.object({ standard: value, reward_low_FP_rate: value, reward_low_FN_rate: value }));
const results = byProfile(z.number());
const thresholds = byProfile(z.object({ threshold: z.number() }));
const theirNames = {
  standard: "standard",
  lowFP: "reward_low_FP_rate",
  lowFN: "reward_low_FN_rate",
} as const satisfies Record<ProfileName, string>;

/** Our scorer beside the numbers that NAB's own scorer printed. */
export interface Check {
  readonly detector: string;
  readonly profile: ProfileName;
  readonly official: number;
  readonly ours: number;
}

/** The detectors whose scores are laid beside the corpus. */
const published = ["numenta", "randomCutForest", "windowedGaussian"];

/** Scores published detectors again from their own anomaly scores and thresholds: a scorer that is wrong shows here. */
export function checkAgainstOfficial(folder: string, corpus: readonly Series[]): Check[] {
  const read = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), "utf8"));
  const final = results.parse(read("results/final_results.json"));
  const levels = thresholds.parse(read("config/thresholds.json"));
  return published.flatMap((detector) => {
    const scores = readScores(folder, detector);
    const files = corpus.map(({ name, windows }) => ({ scores: scores.get(name)!, windows }));
    return (["standard", "lowFP", "lowFN"] as const).map((profile) => ({
      detector,
      profile,
      official: final[detector]![theirNames[profile]],
      ours: scoreAt(files, profiles[profile], levels[detector]![theirNames[profile]].threshold),
    }));
  });
}
