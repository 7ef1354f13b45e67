import { createHash } from "node:crypto";
import { type Samples, type Series, seriesKey } from "../signals/signal.ts";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Where what is known of a series of one account and region is kept. */
export const seriesItem = ({ account, region }: Pick<Samples, "account" | "region">, series: string) => ({
  pk: `series#${digest(`${account}\n${region}\n${series}`).slice(0, 24)}`,
});

/** The seed of its detector: the same series is scored the same in every installation. */
export const seedOf = (series: string): number => Number.parseInt(digest(series).slice(0, 8), 16);

/** What the model of a series is called: its partition key, without what all of them have in common. */
export const modelName = ({ pk }: { readonly pk: string }): string => pk.slice("series#".length);

/** The list of series whose past `learn` looks at: newest noticed first. */
export const seriesList = "series";

/** What is noted of a series once, when it is first seen: a small item beside its detector, since an index copies all of it. */
export const seenItem = (from: Pick<Samples, "account" | "region">, series: Series, now: number) => ({
  ...seriesItem(from, seriesKey(series)),
  sk: "seen",
  body: { account: from.account, region: from.region, series: { ...series } },
  list: seriesList,
  at: now,
});
