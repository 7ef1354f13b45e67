import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { BotError } from "../../src/bot-error.ts";
import type { Cleaning } from "./cleaning.ts";

const run = promisify(execFile);
const prefix = "paramedic-backtest-";

/**
 * A revision of a checkout, in a folder of the system's temporary files, with the packages of this checkout. The repository is
 * only read: nothing is left in it, however this ends.
 *
 * @throws BotError `bad_input` without git, outside a repository, and for a revision that is not there or too old.
 */
export async function checkOut(
  repository: string,
  revision: string,
  cleaning: Cleaning,
): Promise<{ folder: string; commit: string; otherPackages: boolean }> {
  const commit = await commitOf(repository, revision);
  sweep();
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  cleaning.add(() => rmSync(folder, { recursive: true, force: true }));
  const archive = join(folder, "revision.tar");
  await run("git", ["-C", repository, "archive", "--format=tar", `--output=${archive}`, commit]);
  await run("tar", ["-xf", archive, "-C", folder]);
  rmSync(archive);
  if (!existsSync(join(folder, "cli/paramedic.ts")))
    throw new BotError(
      "bad_input",
      `backtest: ${revision} has no \`paramedic replay\` to run.\n  Name a later revision.`,
    );
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
  const lock = (of: string): string | undefined =>
    existsSync(join(of, "package-lock.json")) ? readFileSync(join(of, "package-lock.json"), "utf8") : undefined;
  return { folder, commit, otherPackages: lock(folder) !== lock(repository) };
}

const failure = z.object({ code: z.union([z.string(), z.number()]).nullish(), stderr: z.string().default("") });

async function commitOf(repository: string, revision: string): Promise<string> {
  const said = ["-C", repository, "rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
  try {
    return (await run("git", said)).stdout.trim();
  } catch (error) {
    const { code, stderr } = failure.parse(error);
    throw new BotError("bad_input", `backtest: ${whyNot(repository, revision, code, stderr)}`, { cause: error });
  }
}

function whyNot(repository: string, revision: string, code: unknown, stderr: string): string {
  const others =
    "  Name the old version as a checkout, --against FOLDER, or with --against-config and --against-runbooks.";
  if (code === "ENOENT") return `there is no git here to look up ${revision} with.\n${others}`;
  if (/not a git repository/.test(stderr))
    return `${repository} is not a git checkout, so it has no revision ${revision}.\n${others}`;
  if (stderr.trim() !== "") return `git cannot look up ${revision}: ${stderr.trim()}\n${others}`;
  return `there is no revision ${revision}, nor a folder of that name.\n  git log --oneline shows revisions; a shallow clone has few: git fetch --unshallow.`;
}

/** Takes away what runs that were killed have left. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = /^paramedic-backtest-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process may not be signalled, and is alive.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
