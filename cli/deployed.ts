import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { BotError } from "../src/bot-error.ts";
import { checkRunbooks } from "../src/engine/check-runbooks.ts";
import type { Runbook } from "../src/runbook/runbook.ts";
import { defineSettings, type Settings, type SettingsInput } from "../src/settings.ts";

/** What a bot is made of besides its code. */
export interface Deployed {
  readonly settings: Settings;
  readonly runbooks: readonly Runbook[];
}

/**
 * What this checkout deploys, or would with another file of settings or another list of runbooks.
 *
 * @throws BotError `bad_setting` when it could not be deployed, `bad_input` for a file that is not what it should be.
 */
export async function deployed({
  config,
  runbooks: list,
}: { config?: string; runbooks?: string } = {}): Promise<Deployed> {
  const [settings, runbooks] = await Promise.all([
    config === undefined ? import("../paramedic.config.ts").then((found) => found.default) : settingsIn(config),
    list === undefined ? import("../runbooks/index.ts").then((found) => found.runbooks) : runbooksIn(list),
  ]);
  return { settings, runbooks: checkRunbooks(runbooks, settings) };
}

const configModule = z.object({
  default: z.custom<SettingsInput>((value) => typeof value === "object" && value !== null),
});
const listModule = z.object({ runbooks: z.array(z.custom<Runbook>((value) => runbookLike.safeParse(value).success)) });
const runbookLike = z.object({
  id: z.string(),
  definition: z.object({ on: z.array(z.unknown()), uses: z.array(z.unknown()) }),
});

async function settingsIn(file: string): Promise<Settings> {
  const { success, data } = configModule.safeParse(await load(file));
  if (success) return defineSettings(data.default);
  throw new BotError("bad_input", `${file}: its default export is no settings.\n  Write it like paramedic.config.ts.`);
}

async function runbooksIn(path: string): Promise<readonly Runbook[]> {
  const file = await stat(path).then(
    (found) => (found.isDirectory() ? join(path, "index.ts") : path),
    // What is not there is told when it is loaded.
    () => path,
  );
  const { success, data } = listModule.safeParse(await load(file));
  if (success) return data.runbooks;
  throw new BotError("bad_input", `${file}: it exports no list called runbooks.\n  Write it like runbooks/index.ts.`);
}

async function load(file: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    // Settings that are wrong say so themselves.
    if (error instanceof BotError) throw error;
    throw new BotError("bad_input", `${file}: it cannot be loaded: ${String(error)}`, { cause: error });
  }
}
