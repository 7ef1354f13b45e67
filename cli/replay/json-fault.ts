/** Where a text stops being JSON, what is there, and what to do about it. */
export interface JsonFault {
  /** Offset in the text. */
  readonly at: number;
  readonly what: string;
  readonly wayOut: string;
}

const python = "Print it with json.dumps(event) instead of print(event).";
/** Deeper than any event; a text that is nested deeper is told so instead of filling the stack. */
const depthMax = 500;

/**
 * Finds where a text that `JSON.parse` refused stops being JSON.
 *
 * The parser's own message leaves the place out as often as not, and does not know what people paste: Python dicts, examples
 * with comments, texts that were cut off.
 */
export function findJsonFault(text: string): JsonFault {
  const space = /[\t\n\r ]*/y;
  const string = new RegExp(String.raw`"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"`, "y");
  const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;
  let at = 0;

  /** Steps over what matches here, or answers the fault to report. */
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const next = (): string => (take(space), text[at] ?? "");

  function value(depth: number): JsonFault | undefined {
    if (depth > depthMax) return { at, what: `nested deeper than ${depthMax}`, wayOut: "No event is nested so deep." };
    const opening = next();
    if (opening === "{" || opening === "[") return list(opening, depth);
    return take(opening === '"' ? string : scalar) ? undefined : strange(text, at, "a value");
  }

  function list(opening: "{" | "[", depth: number): JsonFault | undefined {
    const closing = opening === "{" ? "}" : "]";
    at += 1;
    if (next() === closing) return void (at += 1);
    for (;;) {
      if (opening === "{") {
        next();
        if (!take(string)) return strange(text, at, "a name in double quotes");
        if (next() !== ":") return strange(text, at, "a colon");
        at += 1;
      }
      const fault = value(depth + 1);
      if (fault) return fault;
      const end = next();
      if (end === closing) return void (at += 1);
      if (end !== ",") return strange(text, at, `a comma or ${closing}`);
      const comma = at;
      at += 1;
      if (next() === closing) return { at: comma, what: `a comma too many before ${closing}`, wayOut: "Take it out." };
    }
  }

  return (
    value(0) ??
    (next() === ""
      ? { at: 0, what: "no JSON", wayOut: "Give JSON, JSON lines or CSV." }
      : {
          at,
          what: `${shown(text, at)} after the end of the JSON`,
          wayOut: "One event per line, or an array of events.",
        })
  );
}

function strange(text: string, at: number, wanted: string): JsonFault {
  const rest = text.slice(at, at + 8);
  if (rest === "")
    return { at, what: `the text ends where ${wanted} should be`, wayOut: "It was cut off: copy it whole." };
  if (rest.startsWith('"')) {
    const what =
      "a text that does not end on its line, or holds a backslash or control character that JSON does not allow";
    return { at, what, wayOut: "Close it with a double quote; write \\\\ for a backslash and \\n for a new line." };
  }
  if (rest.startsWith("'")) return { at, what: "single quotes: this is a Python dict, not JSON", wayOut: python };
  if (/^(True|False|None)\b/.test(rest))
    return { at, what: `${rest.match(/^\w+/)?.[0]}: this is Python, not JSON`, wayOut: python };
  if (/^(\/\/|\/\*|#)/.test(rest))
    return { at, what: "a comment, and JSON has none", wayOut: "Take the comments out." };
  if (/^(\.\.\.|…)/.test(rest)) {
    return {
      at,
      what: "three dots where something was left out",
      wayOut: "It is a shortened example: give a whole event.",
    };
  }
  return { at, what: `${shown(text, at)} where ${wanted} should be`, wayOut: "Mend this line, or take it out." };
}

function shown(text: string, at: number): string {
  const [word = ""] = text.slice(at, at + 20).match(/^(\w+|.)/su) ?? [];
  return word < " " ? "a control character" : JSON.stringify(word);
}
