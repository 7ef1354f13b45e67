import { BotError } from "../../src/bot-error.ts";

const kebab = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Longer ones do not fit on a card beside what they are about. */
const charsMax = 40;

/** Words that nothing can be exported as, of those that could be the name of a runbook. */
const reserved = new Set(
  (
    "await break case catch class const continue debugger default delete do else enum export extends false finally for function " +
    "if implements import in instanceof interface let new null package private protected public return static super switch this " +
    "throw true try typeof undefined var void while with yield arguments eval"
  ).split(" "),
);
/** What stands in `runbooks/` besides runbooks, and what every runbook imports. */
const taken = new Set(["index", "runbooks", "say", "skip", "wait", "until", "check", "resource"]);

/**
 * `cool-down` as what it is exported as, `coolDown`.
 *
 * @throws BotError `bad_input`, saying what a name must be like, when no runbook can be called that.
 */
export function toExport(id: string): string {
  if (!kebab.test(id) || id.length > charsMax) {
    throw badName(id, `use lower-case letters, digits and single dashes, up to ${charsMax}, such as cool-down`);
  }
  const name = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  if (reserved.has(name) || taken.has(name)) throw badName(id, "that word has a meaning already; say what it does");
  return name;
}

const badName = (id: string, wayOut: string): BotError =>
  new BotError("bad_input", `${JSON.stringify(id)} cannot be the name of a runbook: ${wayOut}.`);
