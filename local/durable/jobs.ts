import { randomUUID } from "node:crypto";
import type { Functions, LocalFunction } from "./functions.ts";
import type { Ledger } from "./ledger.ts";
import { limits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Place } from "./names.ts";
import type { ErrorObject } from "./operation.ts";
import { checkPayload } from "./payload.ts";
import { callHandler, toErrorObject } from "./sandbox.ts";
import type { Job } from "./store.ts";

/** An asynchronous invocation that failed for good: what Lambda would put into the function's dead-letter queue. */
export interface DeadLetter {
  readonly id: string;
  readonly fn: string;
  readonly payload: string;
  readonly attempts: number;
  readonly error: ErrorObject;
}

export type Answer =
  | { readonly kind: "succeeded"; readonly payload: string }
  | { readonly kind: "failed"; readonly error: ErrorObject };

/** Waits before the second and the third attempt (Lambda developer guide, asynchronous invocation). */
const retryAfterMs: readonly number[] = [60_000, 120_000];

/**
 * Ordinary functions, invoked and waited for, or asynchronously: at least once, three attempts, then a dead letter.
 *
 * A job is in the file before it is accepted and leaves it when it is done, so a killed process repeats it.
 */
export class Jobs {
  readonly #ledger: Ledger;
  readonly #functions: Functions;
  readonly #log: Log;
  readonly #onDeadLetter: (letter: DeadLetter) => void | Promise<void>;

  constructor(
    ledger: Ledger,
    functions: Functions,
    log: Log,
    onDeadLetter: (letter: DeadLetter) => void | Promise<void>,
  ) {
    this.#ledger = ledger;
    this.#functions = functions;
    this.#log = log;
    this.#onDeadLetter = onDeadLetter;
  }

  add(fn: string, payload: string): { id: string } {
    checkPayload(payload);
    const id = randomUUID();
    this.#ledger.store.addJob({ id, fn, payload, due: this.#ledger.now(), parentArn: null, parentOperation: null });
    return { id };
  }

  async run(job: Job): Promise<void> {
    const { store, rules } = this.#ledger;
    const fn = this.#functions.find(job.fn);
    const missing = { ErrorType: "ResourceNotFoundException", ErrorMessage: `Function not found: ${job.fn}` };
    const answer: Answer = fn ? await callOrdinary(fn, job.payload, rules.place) : { kind: "failed", error: missing };
    const { parentArn, parentOperation } = job;
    if (parentArn !== null && parentOperation !== null) {
      // Whoever chained it has its own retries; it gets the first answer.
      store.transaction(() => {
        this.#ledger.settleChained(parentArn, parentOperation, toEnd(answer));
        store.removeJob(job.id);
      });
    } else if (answer.kind === "succeeded") store.removeJob(job.id);
    else await this.#failed(job, answer.error);
  }

  async #failed({ id, fn, payload, failures }: Job, error: ErrorObject): Promise<void> {
    const { store } = this.#ledger;
    const attempts = failures + 1;
    const wait = retryAfterMs[failures];
    if (wait !== undefined) {
      this.#log({ level: "warn", message: `${fn} failed, attempt ${attempts}`, fn, id, error });
      return store.patchJob(id, { due: this.#ledger.now() + wait, failures: attempts });
    }
    this.#log({ level: "error", message: `${fn} failed for good after ${attempts} attempts`, fn, id, error, payload });
    try {
      await this.#onDeadLetter({ id, fn, payload, attempts, error });
    } catch (cause) {
      this.#log({
        level: "error",
        message: `${fn}: the dead letter was not taken`,
        fn,
        id,
        error: toErrorObject(cause),
      });
    }
    store.removeJob(id);
  }
}

/** Invokes an ordinary function and waits for its answer, as JSON. */
export async function callOrdinary(fn: LocalFunction, payload: string, place: Place): Promise<Answer> {
  checkPayload(payload, limits.requestBytes);
  const event: unknown = JSON.parse(payload);
  const returned = await callHandler(fn, event, place);
  if (returned.kind === "failed") return returned;
  return { kind: "succeeded", payload: JSON.stringify(returned.value) ?? "null" };
}

const toEnd = (answer: Answer) =>
  answer.kind === "succeeded"
    ? ({ status: "SUCCEEDED", result: answer.payload } as const)
    : ({ status: "FAILED", error: answer.error } as const);
