import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { Io } from "../command.ts";

/** Asks people, one line at a time. An empty answer, and the end of the input, is the proposal. */
export interface Asking {
  (question: string, proposal: string): Promise<string>;
}

/** Takes every proposal, and asks nobody. */
export const asProposed: Asking = (_, proposal) => Promise.resolve(proposal);

/** Questions go to standard error, so that standard output stays free; answers are lines of standard input. */
export function askingOn({ stdin, err }: Pick<Io, "stdin" | "err">): Asking {
  const lines = createInterface({ input: Readable.from(stdin) })[Symbol.asyncIterator]();
  return async (question, proposal) => {
    err(`${question}${proposal === "" ? "" : ` [${proposal}]`}: `);
    const { value, done } = await lines.next();
    const answer = done ? "" : value.trim();
    return answer === "" ? proposal : answer;
  };
}
