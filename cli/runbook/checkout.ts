import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { BotError } from "../../src/bot-error.ts";

const manifest = z.object({ name: z.literal("paramedic") });

/**
 * The checkout of Paramedic that a folder is in: where its package.json and its list of runbooks are.
 *
 * @throws BotError `bad_input` when it is in none.
 */
export function findCheckout(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (isCheckout(at)) return at;
    if (dirname(at) === at) break;
  }
  throw new BotError(
    "bad_input",
    `${folder} is not in a checkout of Paramedic, and a runbook is a file in one.\n` +
      `  Clone the repository, run npm ci in it, and run this again from there.`,
  );
}

function isCheckout(folder: string): boolean {
  const [named, list] = [join(folder, "package.json"), join(folder, "runbooks/index.ts")];
  return existsSync(named) && existsSync(list) && isOurs(readFileSync(named, "utf8"));
}

/** Somebody else's package.json may be anything. */
function isOurs(text: string): boolean {
  try {
    return manifest.safeParse(JSON.parse(text)).success;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
