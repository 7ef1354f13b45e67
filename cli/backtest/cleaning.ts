/** What has to be cleaned up, however a command ends. */
export interface Cleaning {
  /** Is done at the end, or when the process is told to stop, the last one first. It must not wait for anything. */
  add(clean: () => void): void;
  /** Cleans up now. */
  end(): void;
}

const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Ctrl-C and `kill` clean up too. What `kill -9` leaves is for the next run to find. */
export function createCleaning(): Cleaning {
  const todo: (() => void)[] = [];
  const clean = (): void => {
    for (let next = todo.pop(); next; next = todo.pop()) next();
  };
  const stops = Object.entries(signals).map(([signal, code]) => {
    const stop = (): void => {
      clean();
      process.exit(code);
    };
    process.once(signal, stop);
    return () => void process.off(signal, stop);
  });
  return {
    add: (one) => void todo.push(one),
    end() {
      clean();
      for (const off of stops) off();
    },
  };
}
