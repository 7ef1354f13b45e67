import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { BotError } from "../../src/bot-error.ts";
import { result, type Result } from "./result.ts";
import type { Version } from "./version.ts";

/** A version at work on a history, in a process of its own. */
export interface Pass {
  /** Gives it the next lines; resolves when it wants more. One that has died takes everything. */
  write(text: string): Promise<void>;
  /** Says that this was all, and waits for what it made of it. @throws BotError `bad_input` when it failed. */
  end(): Promise<Result>;
  stop(): void;
}

/** So much of what a version says on its standard error is kept for the message, should it fail. */
const saidMax = 2_000;

/** Starts `paramedic replay -` in the folder of a version, with that version's own code. */
export function startPass({ name, folder, words }: Version): Pass {
  const child = spawn(process.execPath, [join(folder, "cli/paramedic.ts"), "replay", "-", "--json", ...words], {
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const { stdin, stdout, stderr } = child;
  let said = "";
  stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-saidMax)));
  const answer: string[] = [];
  stdout.setEncoding("utf8").on("data", (text: string) => void answer.push(text));
  // It has died before it was given everything: how, its exit code tells.
  stdin.on("error", () => stdin.destroy());
  const ended = once(child, "close");
  // Awaited in `end`; until then a child that could not be started is no unhandled rejection.
  ended.catch(() => {});

  return {
    async write(text) {
      if (stdin.destroyed || stdin.write(text)) return;
      const taken = new AbortController();
      await Promise.race([
        once(stdin, "drain", { signal: taken.signal }),
        once(stdin, "close", { signal: taken.signal }),
      ]);
      taken.abort();
    },
    async end() {
      stdin.end();
      const [code]: unknown[] = await ended;
      const { success, data } = result.safeParse(parsed(answer.join("")));
      if (success) return data;
      const why = said.trim() === "" ? `exit code ${String(code)}` : said.trim();
      throw new BotError("bad_input", `backtest: replaying with ${name} failed:\n${why.replace(/^/gm, "  ")}`, {
        folder,
      });
    },
    stop: () => void child.kill(),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
