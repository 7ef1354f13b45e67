/** Calls `fn` once after `ms` milliseconds; returns a cancel. Tests put virtual time behind it. */
export type Timer = (ms: number, fn: () => void) => () => void;

/** The process's own timer. It does not keep a process alive that has nothing else to do. */
export const systemTimer: Timer = (ms, fn) => {
  const handle = setTimeout(fn, ms);
  handle.unref();
  return () => clearTimeout(handle);
};

/** Work took longer than it was given. `name` is what the AWS SDK calls its own, so one rule reads both. */
export class TimeLimit extends Error {
  override readonly name = "TimeoutError";

  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
  }
}

/**
 * Waits for `work` no longer than `ms` milliseconds. At the limit its signal is aborted and it is waited for no more:
 * work that does not listen to the signal goes on unseen, and its end changes nothing.
 *
 * @throws TimeLimit at the limit; else whatever `work` throws.
 */
export function withTimeLimit<T>(ms: number, timer: Timer, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const cancel = timer(ms, () => {
      const late = new TimeLimit(ms);
      stop.abort(late);
      reject(late);
    });
    // Called inside an async function, so that work which throws before its first await rejects as well.
    (async () => work(stop.signal))().then(resolve, reject).finally(cancel);
  });
}
