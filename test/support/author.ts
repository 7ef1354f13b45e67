import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { readTree, root } from "../repo/tree.ts";

/** Somebody with a checkout of their own, a shell in it and no network. */
export interface Author {
  readonly checkout: string;
  write(path: string, text: string): void;
  /** Types lines into the shell. Answers what was printed; @throws what went wrong and was printed. */
  run(lines: string): Promise<string>;
  /** Whether files of theirs are formatted, lint and compile, as `npm run check` says it. Answers what is wrong. */
  check(files: readonly string[]): Promise<string[]>;
  remove(): void;
}

const failure = z.object({ stdout: z.string(), stderr: z.string() });

export function author(): Author {
  const checkout = mkdtempSync(join(tmpdir(), "paramedic-author-"));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), text);
  };
  for (const [path, text] of readTree()) write(path, text);
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));

  // A shell that does not know that it is in a test, nor of any account.
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_|AWS|PARAMEDIC|npm_|TEST$|FORCE_COLOR)/.test(name),
  );
  const env = {
    ...Object.fromEntries(own),
    NO_COLOR: "1",
    npm_config_cache: join(checkout, ".npm"),
    npm_config_offline: "true",
    npm_config_update_notifier: "false",
  };
  const run = async (lines: string): Promise<string> => {
    try {
      const { stdout } = await promisify(execFile)("bash", ["-e", "-c", lines], { cwd: checkout, env });
      return stdout;
    } catch (error) {
      const { stdout, stderr } = failure.parse(error);
      throw new Error(`${lines}\n${stdout}${stderr}`, { cause: error });
    }
  };
  return {
    checkout,
    write,
    run,
    async check(files) {
      const names = files.join(" ");
      const bin = "node_modules/.bin";
      const checks = [`${bin}/oxfmt --check ${names}`, `${bin}/oxlint --type-aware --type-check ${names}`];
      const said = await Promise.allSettled(checks.map(run));
      return said.flatMap((one) => (one.status === "rejected" ? String(one.reason) : []));
    },
    remove: () => rmSync(checkout, { recursive: true, force: true }),
  };
}
