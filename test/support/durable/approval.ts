import { appendFileSync } from "node:fs";
import { StepSemantics, withDurableExecution } from "@aws/durable-execution-sdk-js";

/** Once and no more: what an action of the engine asks for. */
export const once = {
  semantics: StepSemantics.AtMostOncePerRetry,
  retryStrategy: () => ({ shouldRetry: false }),
} as const;

/** A handler that looks, asks a person, acts, and writes into `journal` what it really did, across processes. */
export const approvalHandler = (journal: string, say: (line: string) => void = () => undefined) => {
  const did = (what: string) => {
    appendFileSync(journal, `${what}\n`);
    say(what);
  };
  return withDurableExecution(async (input: { hangIn?: string }, context) => {
    const step = (name: string) =>
      context.step(
        name,
        async () => {
          did(name);
          if (input.hangIn === name) await new Promise(() => undefined);
          return name;
        },
        once,
      );
    await step("look");
    const decision = await context.waitForCallback("ask", async (callbackId) => did(`waiting ${callbackId}`));
    const acted = await step("act").catch((error: unknown) => {
      if (error instanceof Error && error.cause instanceof Error) return error.cause.name;
      throw error;
    });
    return { decision, acted };
  });
};
