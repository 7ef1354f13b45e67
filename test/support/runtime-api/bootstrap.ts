import type { Context } from "aws-lambda";

// The runtime inside a sandbox: loads the handler and asks the Lambda Runtime API for one event after the other. Started
// with the environment that Lambda sets, in a process of its own, so what it throws away is thrown away for good.

const { AWS_LAMBDA_RUNTIME_API = "", LAMBDA_TASK_ROOT = "", _HANDLER = "" } = process.env;
const api = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

/**
 * The time in the sandbox is that of the account around it, which a test may skip ahead: else what waits there would go by
 * one clock, and what is measured here by another.
 */
const Wall = Date;
let aheadMs = 0;
globalThis.Date = class extends Wall {
  constructor(...given: ConstructorParameters<DateConstructor>) {
    // With no argument, whatever the type says, it is now.
    if (given.length > 0) super(...given);
    else super(Wall.now() + aheadMs);
  }
  static override now = (): number => Wall.now() + aheadMs;
} as DateConstructor;

type Handler = (event: unknown, context: Partial<Context>) => unknown;

async function load(): Promise<Handler> {
  const [, file = "", name = ""] = /^(.*)\.([^.]+)$/.exec(_HANDLER) ?? [];
  const loaded: unknown = await import(`${LAMBDA_TASK_ROOT}/${file}.mjs`);
  const handler = typeof loaded === "object" && loaded !== null ? (Reflect.get(loaded, name) as unknown) : undefined;
  if (typeof handler !== "function") throw failure("Runtime.HandlerNotFound", `${_HANDLER} is not a function`);
  // Node 24 on Lambda has no callbacks any more.
  if (handler.length > 2) throw failure("Runtime.CallbackHandlerDeprecated", `${_HANDLER} takes a callback`);
  return handler as Handler;
}

const failure = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/** When nobody is there any more to ask or to tell, the sandbox is over. */
const ask = async (path: string, rest?: RequestInit): Promise<Response> =>
  await fetch(`${api}${path}`, rest).catch(() => process.exit(1));
const tell = async (path: string, body: unknown): Promise<void> => {
  await (await ask(path, { method: "POST", body: JSON.stringify(body ?? null) })).text();
};

const inWords = (error: unknown) => ({
  errorType: error instanceof Error ? error.name : typeof error,
  errorMessage: error instanceof Error ? error.message : String(error),
  stackTrace: error instanceof Error ? (error.stack ?? "").split("\n").slice(1) : [],
});

function contextOf(headers: Headers): Partial<Context> {
  const deadline = Number(headers.get("lambda-runtime-deadline-ms"));
  return {
    awsRequestId: headers.get("lambda-runtime-aws-request-id") ?? "",
    invokedFunctionArn: headers.get("lambda-runtime-invoked-function-arn") ?? "",
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? "",
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION ?? "",
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? "",
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

/** The event that is being answered, so that what is thrown beside the handler is told as its failure. */
let current: string | undefined;
const fatal = async (error: unknown): Promise<never> => {
  await tell(current === undefined ? "/init/error" : `/invocation/${current}/error`, inWords(error));
  process.exit(129);
};
process.on("uncaughtException", (error) => void fatal(error));

const handler = await load().catch(fatal);
for (;;) {
  const next = await ask("/invocation/next");
  aheadMs = Number(next.headers.get("x-sandbox-ahead-ms"));
  const event: unknown = await next.json();
  const context = contextOf(next.headers);
  current = context.awsRequestId;
  try {
    await tell(`/invocation/${current}/response`, await handler(event, context));
  } catch (error) {
    await tell(`/invocation/${current}/error`, inWords(error));
  }
  current = undefined;
}
