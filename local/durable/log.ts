/** Something an operator should be able to read. Facts beside the message are for machines. */
export interface LogEntry {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly [fact: string]: unknown;
}

export type Log = (entry: LogEntry) => void;

/** What happens when nobody said where to: trouble goes to standard error, so that it is never silent. */
export const logToStandardError: Log = (entry) => {
  if (entry.level !== "info") process.stderr.write(`${JSON.stringify(entry)}\n`);
};
