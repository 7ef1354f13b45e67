import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BotError } from "../../src/bot-error.ts";
import { wrongUse } from "../arguments.ts";
import { checkOut } from "./check-out.ts";
import type { Cleaning } from "./cleaning.ts";

/** One version of the bot: a checkout, and with which settings and runbooks it is asked. */
export interface Version {
  /** As people call it. */
  readonly name: string;
  readonly folder: string;
  /** What is said to its `paramedic replay` besides the history. */
  readonly words: readonly string[];
}

/** What was said of the two versions. */
export interface Said {
  readonly against?: string;
  readonly "against-config"?: string;
  readonly "against-runbooks"?: string;
  readonly config?: string;
  readonly runbooks?: string;
}

const here = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/**
 * The old version and the new one. The new one is this checkout as it stands; the old one is what `--against` names, or this
 * checkout with other settings or runbooks, or else the last commit.
 *
 * @throws BotError `bad_input` for what cannot be had.
 */
export async function versionsOf(said: Said, cleaning: Cleaning, note: (text: string) => void) {
  const theirs = wordsOf(said["against-config"], said["against-runbooks"]);
  const ours: Version = {
    name: nameOf("this checkout", said.config, said.runbooks),
    folder: here,
    words: wordsOf(said.config, said.runbooks),
  };
  if (theirs.length > 0 && said.against !== undefined)
    throw wrongUse(
      "backtest",
      "--against has settings and runbooks of its own; leave out --against-config and --against-runbooks",
    );
  if (theirs.length > 0) {
    const name = nameOf("this checkout", said["against-config"], said["against-runbooks"]);
    return { old: { name, folder: here, words: theirs }, new: ours };
  }
  const old = await otherCheckout(said.against ?? "HEAD", said.against === undefined, cleaning, note);
  return { old, new: ours };
}

async function otherCheckout(
  against: string,
  byDefault: boolean,
  cleaning: Cleaning,
  note: (text: string) => void,
): Promise<Version> {
  const folder = resolve(against);
  if (existsSync(folder)) {
    if (!existsSync(resolve(folder, "cli/paramedic.ts")))
      throw new BotError(
        "bad_input",
        `backtest: ${against} is a file or folder, and no checkout of Paramedic.\n  Name a checkout, or a revision of this one.`,
      );
    return { name: against, folder, words: [] };
  }
  const found = await checkOut(here, against, cleaning);
  if (found.otherPackages)
    note(`${against} asks for other packages than are installed here; it runs with those that are installed.\n`);
  const name = byDefault ? `the last commit (${found.commit.slice(0, 9)})` : `${against} (${found.commit.slice(0, 9)})`;
  return { name, folder: found.folder, words: [] };
}

const wordsOf = (config?: string, runbooks?: string): string[] => [
  ...(config === undefined ? [] : ["--config", resolve(config)]),
  ...(runbooks === undefined ? [] : ["--runbooks", resolve(runbooks)]),
];

const nameOf = (base: string, ...parts: readonly (string | undefined)[]): string => {
  const named = parts.filter((one) => one !== undefined);
  return named.length === 0 ? base : `${base} with ${named.join(" and ")}`;
};
