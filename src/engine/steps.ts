/** What became of something that is done at most once: it ended, or nobody knows. */
export type Tried<T> =
  | { readonly kind: "ended"; readonly value: T }
  | { readonly kind: "unknown"; readonly why: string };

/**
 * What the interpreter needs of a durable engine. Everything that is not deterministic happens inside one of these; what
 * they answer is recorded as JSON, and a replay gets the recorded answer. Names are unique within an execution.
 */
export interface Steps {
  /** Runs `body` again after a crash, until an answer of it is recorded. So `body` must bear repeating. */
  atLeastOnce<T>(name: string, body: () => Promise<T>): Promise<T>;
  /** Begins `body` at most once, ever. If the sandbox dies meanwhile, the answer is `unknown`. */
  atMostOnce<T>(name: string, body: () => Promise<T>): Promise<Tried<T>>;
  /** Lets time pass without a sandbox being kept. */
  sleep(name: string, ms: number): Promise<void>;
  /** Hands out a callback id and waits until somebody completes it, or until the time has passed. */
  waitForPeople(name: string, submit: (callbackId: string) => Promise<void>, timeoutMs: number): Promise<void>;
  /** This execution's own name, the same after every restart. */
  readonly execution: string;
}
