import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { BotError } from "../src/bot-error.ts";

/** Where the local stack keeps everything, so that it can be stopped in any way and carry on. */
export interface Places {
  readonly dynamodb: string;
  readonly queues: string;
  readonly executions: string;
  readonly world: string;
  /** Lets go of the folder. */
  release(): void;
}

/**
 * Takes a folder for one stack.
 *
 * @throws BotError `bad_setting` when another stack is using it, naming the process, or when it cannot be written.
 */
export function takePlaces(folder: string): Places {
  try {
    mkdirSync(join(folder, "queues"), { recursive: true });
  } catch (error) {
    throw new BotError(
      "bad_setting",
      `keeping data in ${folder}: it cannot be made. Choose another with --data FOLDER`,
      {
        cause: error,
      },
    );
  }
  const lock = join(folder, "lock");
  claim(lock, folder);
  return {
    dynamodb: join(folder, "dynamodb"),
    queues: join(folder, "queues"),
    executions: join(folder, "executions.sqlite"),
    world: join(folder, "world.json"),
    release: () => rmSync(lock, { force: true }),
  };
}

/** A lock is a file with the owner's process id. One whose owner is gone, after kill -9, is taken over. */
function claim(lock: string, folder: string): void {
  for (let i = 0; i < 3; i++) {
    try {
      const file = openSync(lock, "wx");
      writeSync(file, String(process.pid));
      closeSync(file);
      return;
    } catch (error) {
      if (!existsSync(lock)) {
        throw new BotError(
          "bad_setting",
          `keeping data in ${folder}: it cannot be written. Choose another with --data FOLDER`,
          {
            cause: error,
          },
        );
      }
      const owner = Number(readFileSync(lock, "utf8"));
      if (isAlive(owner)) {
        throw new BotError(
          "bad_setting",
          `keeping data in ${folder}: process ${owner} is using it. Stop that one, or choose another folder with --data FOLDER and another port with --port NUMBER`,
        );
      }
      rmSync(lock, { force: true });
    }
  }
  throw new BotError("bad_setting", `keeping data in ${folder}: others are starting at the same moment; try again`);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process: it was ended without a chance to tidy up.
    return false;
  }
}

/** Reads the saved world of a folder. `undefined`: there is none yet. */
export function readSaved(file: string): unknown {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new BotError("bad_input", `reading ${file}: it is damaged. Start anew with --fresh, which deletes the data`, {
      cause: error,
    });
  }
}

/** Writes a file so that a crash leaves the old or the new one, never half of one. */
export function writeWhole(file: string, text: string): void {
  const next = `${file}.next`;
  writeFileSync(next, text);
  renameSync(next, file);
}

/** Deletes what a stack has kept in a folder, and nothing else there. Take the folder first. */
export function forget(folder: string): void {
  for (const name of [
    "dynamodb",
    "queues",
    "executions.sqlite",
    "executions.sqlite-wal",
    "executions.sqlite-shm",
    "world.json",
  ]) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  mkdirSync(join(folder, "queues"), { recursive: true });
}
