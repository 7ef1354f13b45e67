import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { listen, type Running } from "../../../local/servers.ts";

/** A function as it is deployed: its code, its environment, and how long one invocation may take. */
export interface Deployed {
  readonly name: string;
  /** Folder in which the archive was unpacked. */
  readonly root: string;
  /** `functions/spot.handler` */
  readonly handler: string;
  readonly env: Readonly<Record<string, string>>;
  /** May be changed between invocations. */
  timeoutMs: number;
  /** How far the clock of its account is ahead of this machine's, in milliseconds. */
  readonly aheadMs?: () => number;
}

/** How an invocation failed: `name` is Lambda's error type, such as `Sandbox.Timedout`. */
export class InvocationError extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const bootstrap = fileURLToPath(new URL("bootstrap.ts", import.meta.url));
const reported = z.object({ errorType: z.string(), errorMessage: z.string() });

/** Sandboxes of this process that are alive: a frozen one would outlive it, and nobody would ever wake it. */
const alive = new Set<ChildProcess>();
process.once("exit", () => alive.forEach((child) => child.kill("SIGKILL")));

/**
 * One function in a sandbox, as Lambda runs it: a process of its own that gets events through the Lambda Runtime API.
 *
 * It is started when the first event comes, stopped in its tracks between events (SIGSTOP, so that no timer and no socket
 * of it goes on), killed when it is over its time, and started anew after that or after a crash. One event at a time.
 */
export class Sandbox {
  readonly #deployed: Deployed;
  #api: Running | undefined;
  #child: ChildProcess | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  /** The runtime asks for an event and gets none yet: the sandbox is frozen. */
  #asks = Promise.withResolvers<ServerResponse>();
  #answer = Promise.withResolvers<unknown>();
  #said = "";
  #isClosed = false;
  /** How often a process was started for it. */
  starts = 0;

  private constructor(deployed: Deployed) {
    this.#deployed = deployed;
  }

  static async open(deployed: Deployed): Promise<Sandbox> {
    const sandbox = new Sandbox(deployed);
    sandbox.#api = await listen(createServer((request, response) => void sandbox.#serve(request, response)));
    return sandbox;
  }

  get deployed(): Deployed {
    return this.#deployed;
  }

  /** Whether there is a process, frozen or not. */
  get isUp(): boolean {
    return this.#child !== undefined;
  }

  /** All that it has written to its log so far. */
  get said(): string {
    return this.#said;
  }

  /** Hands over one event and waits for the answer. @throws InvocationError */
  invoke(event: unknown): Promise<unknown> {
    const answered = this.#queue.then(() => this.#invoke(event));
    this.#queue = answered.catch(() => undefined);
    return answered;
  }

  /** Resolves when it has nothing to do and time stands still for it. */
  async frozen(): Promise<void> {
    await this.#asks.promise;
  }

  /** It dies at once, whatever it does: out of memory, or the machine under it. */
  async crash(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.crash();
    await this.#api?.close();
  }

  async #invoke(event: unknown): Promise<unknown> {
    const { timeoutMs, aheadMs = () => 0 } = this.#deployed;
    const ahead = aheadMs();
    if (this.#isClosed) throw new InvocationError("ResourceNotFoundException", `${this.#deployed.name} is deleted`);
    this.#child ??= this.#start();
    const answer = (this.#answer = Promise.withResolvers<unknown>());
    // A start that fails is told as the answer; whoever waits for the runtime to ask would wait for ever.
    const response = await Promise.race([this.#asks.promise, answer.promise.then(() => Promise.reject(new Error()))]);
    this.#asks = Promise.withResolvers<ServerResponse>();
    const id = randomUUID();
    this.#child?.kill("SIGCONT");
    response.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": id,
      "lambda-runtime-deadline-ms": String(Date.now() + ahead + timeoutMs),
      "x-sandbox-ahead-ms": String(ahead),
      "lambda-runtime-invoked-function-arn": `arn:aws:lambda:us-east-2:123456789012:function:${this.#deployed.name}`,
    });
    response.end(JSON.stringify(event));
    const late = setTimeout(() => {
      const seconds = (timeoutMs / 1_000).toFixed(2);
      answer.reject(new InvocationError("Sandbox.Timedout", `${id} Task timed out after ${seconds} seconds`));
    }, timeoutMs);
    try {
      return await answer.promise;
    } catch (error) {
      if (error instanceof InvocationError && error.name === "Sandbox.Timedout") await this.crash();
      // It asks for the next event, or it is about to die of this one: which, the next event has to know.
      if (this.#child) await Promise.race([this.#asks.promise, once(this.#child, "exit")]);
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  #start(): ChildProcess {
    const { name, root, handler, env } = this.#deployed;
    this.starts += 1;
    const child = spawn(process.execPath, [bootstrap], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...env,
        AWS_LAMBDA_RUNTIME_API: new URL(this.#api?.url ?? "").host,
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_LAMBDA_FUNCTION_VERSION: "1",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1024",
        LAMBDA_TASK_ROOT: root,
        _HANDLER: handler,
      },
    });
    alive.add(child);
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => void (this.#said += chunk.toString()));
    child.once("exit", (code, signal) => {
      alive.delete(child);
      this.#child = undefined;
      this.#asks = Promise.withResolvers<ServerResponse>();
      const how = signal === null ? `exit status ${code}` : `signal: ${signal}`;
      this.#answer.reject(new InvocationError("Runtime.ExitError", `${name}: ${how}\n${this.#said.slice(-2_000)}`));
    });
    return child;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").replace("/2018-06-01/runtime", "");
    if (path === "/invocation/next") {
      // The answer to this is the next event; until then the sandbox does not exist for itself.
      this.#child?.kill("SIGSTOP");
      return this.#asks.resolve(response);
    }
    const body: unknown = JSON.parse(await text(request));
    if (path.endsWith("/response")) this.#answer.resolve(body);
    else {
      const { errorType, errorMessage } = reported.parse(body);
      this.#answer.reject(new InvocationError(errorType, errorMessage));
    }
    response.writeHead(202).end("{}");
  }
}
