import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { BotError } from "../../src/bot-error.ts";

/** A folder of recorded traces. Files may be gzipped (`.gz`) or not. */
export interface Traces {
  readonly folder: string;
  /** The files of a subfolder whose name, without `.gz`, matches; at least one. */
  find(subfolder: string, name: RegExp): string[];
  /** A JSON file, by its path in the folder. */
  json<T>(file: string, schema: z.ZodType<T>): T;
  /** The rows of a CSV file with a header, by column; `row` reads one of them, all of them texts. */
  csv<T>(file: string, row: z.ZodType<T>): T[];
  /** The rows of a CSV file of numbers without a header. */
  numbers(file: string): number[][];
}

/**
 * Traces of a folder in the layout of `docs/benchmark.md`. Nothing is read before it is asked for.
 *
 * What a scenario asks for is thrown as `bad_input` when it is not there or not of its format, with file and place.
 */
export function openTraces(folder: string): Traces {
  const bad = (what: string, cause?: unknown) => new BotError("bad_input", `reading traces: ${what}`, { cause });

  const text = (file: string): string => {
    try {
      const bytes = readFileSync(join(folder, file));
      return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
    } catch (error) {
      throw bad(`${join(folder, file)} cannot be read`, error);
    }
  };
  const parse = <T>(file: string, place: string, schema: z.ZodType<T>, value: unknown): T => {
    const read = schema.safeParse(value);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    const where = [place, issue?.path.join(".")].filter(Boolean).join(", ");
    throw bad(`${join(folder, file)}${where ? `, ${where}` : ""}: ${issue?.message}`, read.error);
  };
  const lines = (file: string): string[] =>
    text(file)
      .split(/\r?\n/)
      .filter((line) => line !== "");

  return {
    folder,
    find(subfolder, name) {
      let files: string[];
      try {
        files = readdirSync(join(folder, subfolder)).sort();
      } catch (error) {
        throw bad(`there is no folder ${join(folder, subfolder)}`, error);
      }
      const found = files.filter((file) => name.test(file.replace(/\.gz$/, "")));
      if (found.length === 0) throw bad(`no file in ${join(folder, subfolder)} is called like ${name.source}`);
      return found.map((file) => `${subfolder}/${file}`);
    },
    json(file, schema) {
      let value: unknown;
      try {
        value = JSON.parse(text(file));
      } catch (error) {
        if (error instanceof SyntaxError) throw bad(`${join(folder, file)} is no JSON: ${error.message}`, error);
        throw error;
      }
      return parse(file, "", schema, value);
    },
    csv(file, row) {
      const [header = "", ...rows] = lines(file);
      const columns = cells(header);
      return rows.map((line, index) => {
        const values = cells(line);
        return parse(file, `line ${index + 2}`, row, Object.fromEntries(columns.map((name, i) => [name, values[i]])));
      });
    },
    numbers(file) {
      const row = z.array(z.number());
      return lines(file).map((line, index) => parse(file, `line ${index + 1}`, row, cells(line).map(Number)));
    },
  };
}

/** A column of numbers in a CSV file. Empty is not 0. */
export const number = z.string().min(1).transform(Number).pipe(z.number());

/** The cells of a line; a quoted one may hold commas and doubled quotes. */
function cells(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain = ""]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
}
