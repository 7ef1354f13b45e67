import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runbooks } from "../../runbooks/index.ts";
import type { SettingsInput } from "../../src/settings.ts";
import { chat, settingsOf } from "../support/settings.ts";
import type { RunbookEpisode } from "./episode.ts";

const folder = join(import.meta.dirname, "episodes");

function isEpisode(found: unknown): found is RunbookEpisode {
  return typeof found === "object" && found !== null && "runbook" in found && "trouble" in found;
}

/** The episodes of `test/runbooks/episodes`, in the order of the runbooks. */
export const episodes: readonly RunbookEpisode[] = (
  await Promise.all(
    readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .map(async (name): Promise<unknown[]> => Object.values((await import(join(folder, name))) as object)),
  )
)
  .flat()
  .filter(isEpisode)
  .toSorted((a, b) => runbooks.indexOf(a.runbook) - runbooks.indexOf(b.runbook));

/** An installation that looks after everything that the episodes are about. */
export const estate = (more: Partial<SettingsInput> = {}) =>
  settingsOf({
    services: [chat, ...episodes.flatMap(({ settings }) => settings?.services ?? [])],
    batch: Object.assign({}, ...episodes.map(({ settings }) => settings?.batch ?? {})) as SettingsInput["batch"],
    prices: Object.assign({}, ...episodes.map(({ settings }) => settings?.prices ?? {})) as SettingsInput["prices"],
    approvers: [
      { slack: "U0ALEX", name: "Alex", may: ["*"] },
      { slack: "U0SAM", name: "Sam", may: ["*"] },
    ],
    ...more,
  });
