import { createHash } from "node:crypto";
import type { Samples } from "../signals/signal.ts";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Where what is known of a series of one account and region is kept. */
export const seriesItem = ({ account, region }: Pick<Samples, "account" | "region">, series: string) => ({
  pk: `series#${digest(`${account}\n${region}\n${series}`).slice(0, 24)}`,
});

/** The seed of its detector: the same series is scored the same in every installation. */
export const seedOf = (series: string): number => Number.parseInt(digest(series).slice(0, 8), 16);
