/** Where a command writes and what it may ask of its surroundings. A test gives its own. */
export interface Io {
  /** The answer. With `--json` nothing but one JSON object goes here. */
  out(text: string): void;
  /** Everything else: progress, warnings, what is wrong. */
  err(text: string): void;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Whether the answer may be coloured: a terminal is looking, and `NO_COLOR` is not set. */
  readonly colours: boolean;
}

/** How a command ended, as the shell sees it. */
export const exits = { ok: 0, bug: 1, wrong: 2, missing: 3, unreachable: 4, refused: 5, different: 6 } as const;
export type Exit = (typeof exits)[keyof typeof exits];

/** One command of `paramedic`. Its code is loaded when it is asked for, so that `--help` is there at once. */
export interface Command {
  readonly summary: string;
  readonly run: (args: readonly string[], io: Io) => Promise<Exit>;
}
