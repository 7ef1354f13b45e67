import { findJsonFault } from "./json-fault.ts";
import { type Line, textCharsMax, tooLong } from "./lines.ts";
import type { Fault } from "./wrong-file.ts";

/** One JSON text of a file, with the line it begins on; or what is wrong with it. */
export type Document =
  | { readonly kind: "value"; readonly line: number; readonly text: string; readonly value: unknown }
  | { readonly kind: "fault"; readonly fault: Fault };

/**
 * The JSON texts of a file: one, pretty-printed or not, or one after the other, on a line each or on several.
 *
 * A broken one does not take the others with it: the next begins where brackets are closed, or where a line begins with `{`
 * while a text that began on a full line is still open.
 */
export async function* readDocuments(file: string, lines: AsyncIterable<Line>): AsyncGenerator<Document> {
  let open: { line: number; texts: string[]; chars: number; depth: number } | undefined;

  for await (const { text, number } of lines) {
    if (open && text.startsWith("{") && /^\s*\{./.test(open.texts[0] ?? "")) {
      yield* read(file, open.line, open.texts.join("\n"));
      open = undefined;
    }
    if (!open) {
      if (text.trim() === "") continue;
      const whole = parse(text);
      if (whole) {
        yield { kind: "value", line: number, text, value: whole.value };
        continue;
      }
      open = { line: number, texts: [], chars: 0, depth: 0 };
    }
    open.texts.push(text);
    open.chars += text.length;
    open.depth += deeper(text);
    if (open.chars > textCharsMax) throw tooLong(file, open.line);
    if (open.depth <= 0) {
      yield* read(file, open.line, open.texts.join("\n"));
      open = undefined;
    }
  }
  if (open) yield* read(file, open.line, open.texts.join("\n"));
}

function* read(file: string, line: number, text: string): Generator<Document> {
  const whole = parse(text);
  if (whole) return yield { kind: "value", line, text, value: whole.value };
  const several = textsIn(text);
  if (several.length > 1) {
    let above = 0;
    for (const one of several) {
      yield* read(file, line + above, one);
      above += one.split("\n").length - 1;
    }
    return;
  }
  yield { kind: "fault", fault: faultIn(file, line, text) };
}

/** The texts that a text is made of: Firehose puts objects behind each other with nothing between them. */
function textsIn(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === "{" || token === "[") depth += 1;
    else if (token === "}" || token === "]") depth -= 1;
    if (depth > 0 || token.startsWith('"')) continue;
    found.push(text.slice(from, index + 1));
    from = index + 1;
    if (depth < 0) return [text];
  }
  const rest = text.slice(from);
  return rest.trim() === "" ? found : [...found, rest];
}

function faultIn(file: string, line: number, text: string): Fault {
  const { at, what, wayOut } = findJsonFault(text);
  const before = text.slice(0, at).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { file, line: line + before.length - 1, column, what: `not JSON: ${what}`, wayOut };
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // Where and why is found out only for a text that turns out to be wrong as a whole.
    return undefined;
  }
}

const tokens = /"(?:[^"\\]|\\.)*"|[[\]{}]/g;

/** How many brackets a line leaves open. A JSON string never goes over the end of a line, so each line can be read alone. */
function deeper(line: string): number {
  let depth = 0;
  for (const [token] of line.matchAll(tokens)) {
    if (token === "{" || token === "[") depth += 1;
    else if (token === "}" || token === "]") depth -= 1;
  }
  return depth;
}

/** The lines, counted from 0, on which the elements of a JSON array begin. */
export function elementLines(text: string): number[] {
  const found: number[] = [];
  let depth = 0;
  let waiting = false;
  let line = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},\n]|[^\s"[\]{},]+/g)) {
    if (token === "\n") {
      line += 1;
      continue;
    }
    if (token === ",") {
      waiting ||= depth === 1;
      continue;
    }
    const closing = token === "}" || token === "]";
    if (waiting && !closing) found.push(line);
    waiting = depth === 0 && token === "[";
    if (token === "{" || token === "[") depth += 1;
    if (closing) depth -= 1;
  }
  return found;
}
