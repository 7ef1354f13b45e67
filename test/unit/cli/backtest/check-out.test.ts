import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkOut } from "../../../../cli/backtest/check-out.ts";
import { createCleaning } from "../../../../cli/backtest/cleaning.ts";
import { tempDir } from "../given.ts";

const git = (folder: string, ...words: string[]): string =>
  execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", ...words], { encoding: "utf8" });

/** A repository with one commit that has a command line, after one that has none. */
function repository(): string {
  const folder = tempDir();
  git(folder, "init", "--quiet");
  git(folder, "commit", "--quiet", "--allow-empty", "--message", "empty");
  for (const inside of ["cli", "node_modules"]) mkdirSync(join(folder, inside));
  writeFileSync(join(folder, "cli/paramedic.ts"), "old");
  git(folder, "add", "cli");
  git(folder, "commit", "--quiet", "--message", "first");
  writeFileSync(join(folder, "cli/paramedic.ts"), "new");
  return folder;
}

describe("a revision", () => {
  it("is checked out beside the repository, which is only read, and is gone at the end", async () => {
    const folder = repository();
    const cleaning = createCleaning();
    const found = await checkOut(folder, "HEAD", cleaning);

    expect(readFileSync(join(found.folder, "cli/paramedic.ts"), "utf8")).toBe("old");
    expect(git(folder, "worktree", "list").trim().split("\n")).toHaveLength(1);
    cleaning.end();
    expect(existsSync(found.folder)).toBe(false);
    expect(existsSync(join(folder, "node_modules"))).toBe(true);
  });

  it.each([
    ["no-such-branch", "there is no revision no-such-branch"],
    ["--output=x", "there is no revision --output=x"],
    ["HEAD~1", "HEAD~1 has no `paramedic replay` to run"],
  ])("%s is refused, with the way out", async (revision, said) => {
    const cleaning = createCleaning();

    await expect(checkOut(repository(), revision, cleaning)).rejects.toThrow(said);
    cleaning.end();
  });

  it("of what is no repository is refused, and says what else may be named", async () => {
    const cleaning = createCleaning();

    await expect(checkOut(tempDir(), "HEAD", cleaning)).rejects.toThrow(/is not a git checkout.*--against FOLDER/s);
    cleaning.end();
  });

  it.each([
    ["SIGTERM", 143, false],
    // Nobody can clean up then: the next run does.
    ["SIGKILL", null, true],
  ] as const)("is gone when %s ends it in the middle, at the latest with the next run", async (signal, code, stays) => {
    const source = `
      import { checkOut } from ${JSON.stringify(new URL("../../../../cli/backtest/check-out.ts", import.meta.url).href)};
      import { createCleaning } from ${JSON.stringify(new URL("../../../../cli/backtest/cleaning.ts", import.meta.url).href)};
      console.log((await checkOut(process.argv[1], "HEAD", createCleaning())).folder);
      setInterval(() => {}, 1000);`;
    const repo = repository();
    const child = spawn(process.execPath, ["--input-type=module", "-e", source, repo], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said]: unknown[] = await once(child.stdout, "data");
    const folder = String(said).trim();
    expect(existsSync(folder)).toBe(true);
    const ended = once(child, "exit");
    child.kill(signal);

    expect((await ended)[0]).toBe(code);
    expect(existsSync(folder)).toBe(stays);
    const cleaning = createCleaning();
    await checkOut(repo, "HEAD", cleaning);
    cleaning.end();
    expect(existsSync(folder)).toBe(false);
  });
});
