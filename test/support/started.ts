import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { ConsoleState, Mishap, SlackAnswer } from "../../local/console/state.ts";

/** `npm start` in a process of its own, as a user has it. */
export interface Started {
  readonly url: string;
  /** All that it has said so far. */
  said(): string;
  state(): Promise<ConsoleState>;
  /** Asks for the state until `isIt`. */
  until(isIt: (state: ConsoleState) => boolean, seconds?: number): Promise<ConsoleState>;
  cause(mishap: Mishap): Promise<void>;
  click(press: { user: string; ts: string; actionId: string; value: string }): Promise<SlackAnswer>;
  /** Ends it with a signal and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Runs `local/start.ts` to its end and answers what it said: for starts that are refused. */
export async function refusedStart(args: readonly string[]): Promise<{ code: number | null; said: string }> {
  const { child, said } = run(args);
  const [code] = (await once(child, "exit")) as [number | null];
  return { code, said: said() };
}

/** Starts it and waits until its page is there. */
export async function startedStack(args: readonly string[]): Promise<Started> {
  const { child, said } = run(args);
  const exited = once(child, "exit");
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr?.on("data", () => {
      const [, found] = /on duty: (\S+)/.exec(said()) ?? [];
      if (found !== undefined) resolve(found);
    });
    exited.then(() => reject(new Error(`it ended: ${said()}`)), reject);
  });
  const post = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return await response.json();
  };
  const state = async () => (await (await fetch(`${url}/api/state`)).json()) as ConsoleState;
  return {
    url,
    said,
    state,
    async until(isIt, seconds = 40) {
      const endBy = Date.now() + seconds * 1_000;
      for (;;) {
        const now = await state();
        if (isIt(now)) return now;
        if (Date.now() > endBy)
          throw new Error(`it does not come to that: ${JSON.stringify(now.incidents)}\n${said()}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    cause: async (mishap) => void (await post("/api/cause", { mishap })),
    click: async (press) => (await post("/api/click", press)) as SlackAnswer,
    async end(signal) {
      child.kill(signal);
      const [code] = (await exited) as [number | null];
      return code;
    },
  };
}

function run(args: readonly string[]): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, ["local/start.ts", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => void (text += chunk.toString()));
  return { child, said: () => text };
}
