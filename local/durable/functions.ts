import { type Duration, toMs } from "../../src/clock.ts";
import type { Context } from "aws-lambda";
import { notFound } from "./aws-errors.ts";
import { qualifiers } from "./names.ts";

/**
 * A Lambda handler: `(event, context) => Promise`.
 *
 * Written as a method so that a handler may name the event it expects; what it gets is what was sent, parsed.
 */
export type Handler = { handle(event: unknown, context: Context): Promise<unknown> }["handle"];

export interface FunctionOptions {
  /** Makes it a durable function. The whole execution may take this long, waits included: 1 s to 366 days. */
  readonly durable?: { readonly executionTimeout: Duration };
  /** How long one invocation may take, in real time: at most 15 minutes, which is also what is assumed. */
  readonly timeout?: Duration;
}

export interface LocalFunction {
  readonly name: string;
  readonly handler: Handler;
  readonly timeoutMs: number;
  readonly executionTimeoutMs: number | undefined;
}

/** The functions there are, by name. */
export class Functions {
  readonly #byName = new Map<string, LocalFunction>();

  register(name: string, handler: Handler, { durable, timeout = { minutes: 15 } }: FunctionOptions = {}): void {
    const executionTimeoutMs = durable && toMs(durable.executionTimeout);
    this.#byName.set(name, { name, handler, timeoutMs: toMs(timeout), executionTimeoutMs });
  }

  find(name: string): LocalFunction | undefined {
    return this.#byName.get(name);
  }

  /** @throws ResourceNotFoundException for a name nobody registered, or a version or alias there is not */
  get(name: string, qualifier?: string): LocalFunction {
    const found = this.#byName.get(name);
    const reachable = qualifier === undefined || qualifiers.includes(qualifier);
    if (!found || !reachable)
      throw notFound(`Function not found: ${name}${qualifier === undefined ? "" : `:${qualifier}`}`);
    return found;
  }
}
