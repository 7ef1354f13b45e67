import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Io } from "../command.ts";
import { wrongFile } from "./wrong-file.ts";

export interface Line {
  readonly text: string;
  /** Counts from 1. */
  readonly number: number;
}

/** More than any event or series we know of; what is longer would have to be held in memory whole. */
export const textCharsMax = 64 * 1024 * 1024;

/**
 * The lines of a text file, one after the other, however long the file is. `-` is standard input.
 *
 * @throws BotError `bad_input` for what is not a file, cannot be opened, or is not UTF-8 text.
 */
export async function* readLines(file: string, io: Pick<Io, "stdin">): AsyncGenerator<Line> {
  const source = unpacked(file === "-" ? io.stdin : await open(file));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  let number = 0;
  let first = true;
  try {
    for await (const chunk of source) {
      if (first) refuseBinary(file, chunk);
      first = false;
      const lines = (rest + decode(decoder, file, number, chunk)).split("\n");
      rest = lines.pop() ?? "";
      for (const text of lines) yield { text: text.endsWith("\r") ? text.slice(0, -1) : text, number: ++number };
      if (rest.length > textCharsMax) throw tooLong(file, number + 1);
    }
  } catch (error) {
    if (isDamaged(error)) throw damaged(file, number, error);
    throw isErrno(error) ? unreadableFile(file, error) : error;
  }
  rest += decode(decoder, file, number);
  if (rest !== "") yield { text: rest, number: number + 1 };
}

export const tooLong = (file: string, line: number) =>
  wrongFile({
    file,
    line,
    what: `one text of more than ${textCharsMax / 1024 / 1024} MiB begins here`,
    wayOut: "One event per line streams at any size: jq -c '.[]' FILE > events.jsonl",
  });

/** What gzip packed, in one piece or several, is unpacked on the way. */
async function* unpacked(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  const { done, value: first } = await chunks.next();
  if (done) return;
  const whole = (async function* () {
    yield first;
    yield* { [Symbol.asyncIterator]: () => chunks };
  })();
  if (first[0] !== 0x1f || first[1] !== 0x8b) return yield* whole;
  // What goes wrong on the way is thrown here, where it is read.
  yield* pipeline(Readable.from(whole), createGunzip(), () => {});
}

/** Node's own codes of what zlib cannot unpack. */
const isDamaged = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");

const damaged = (file: string, line: number, error: Error) =>
  wrongFile(
    { file, what: `is packed by gzip, and damaged after line ${line}`, wayOut: "Copy it again, whole." },
    error,
  );

async function open(file: string): Promise<AsyncIterable<Uint8Array>> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) {
      throw wrongFile({
        file,
        what: "is a directory",
        wayOut: `Name the files in it: ${file.replace(/\/$/, "")}/*.json`,
      });
    }
  } catch (error) {
    throw isErrno(error) ? unreadableFile(file, error) : error;
  }
  return createReadStream(file);
}

const isErrno = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "code" in error && "syscall" in error;

function unreadableFile(file: string, error: NodeJS.ErrnoException) {
  const missing = error.code === "ENOENT";
  return wrongFile(
    {
      file,
      what: missing ? "there is no such file" : `cannot be opened (${error.code})`,
      wayOut: missing ? `Check the path; it is looked for in ${process.cwd()}.` : "Check who may read it.",
    },
    error,
  );
}

/** Says what a file that is no UTF-8 text probably is, by its first bytes. */
function refuseBinary(file: string, [a, b, ...more]: Uint8Array): void {
  const found = [
    {
      is: (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff),
      what: "is text in UTF-16",
      wayOut: "Save it as UTF-8.",
    },
    {
      is: a === 0 || b === 0 || more.includes(0),
      what: "is not text but binary",
      wayOut: "Give JSON, JSON lines or CSV.",
    },
  ].find(({ is }) => is);
  if (found) throw wrongFile({ file, what: found.what, wayOut: found.wayOut });
}

function decode(decoder: TextDecoder, file: string, linesBefore: number, chunk?: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch (error) {
    const what = `is not UTF-8 text, somewhere after line ${linesBefore}`;
    throw wrongFile({ file, what, wayOut: "Give JSON, JSON lines or CSV in UTF-8." }, error);
  }
}
