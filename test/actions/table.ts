import type { ActionCase } from "./action-case.ts";
import type { Seen } from "./seen.ts";
import { around, onTheWay, type Trouble } from "./troubles.ts";

const begins =
  "<!-- What follows is written by `UPDATE_DOCS=1 npx vitest run test/actions`: change the tests, not the table. -->";
const ends = "<!-- Here ends what the tests write. -->";

/** What became of an action in some trouble. */
export type Told = (one: ActionCase, trouble: Trouble) => Promise<Seen | { readonly cannot: string }>;

/** Every action in every trouble, in a few words, as docs/safety.md has it. */
export async function tablesOf(cases: readonly ActionCase[], told: Told): Promise<string> {
  const cannot: string[] = [];
  const cell = async (one: ActionCase, trouble: Trouble): Promise<string> => {
    const seen = await told(one, trouble);
    if (!("cannot" in seen)) return trouble.inWords(seen);
    const note = `- \`${one.action.id}\`, ${trouble.name}: ${seen.cannot}.`;
    // Who needs no undo has said so once; three columns need not.
    if (!trouble.onTheWayBack) cannot.push(note);
    return trouble.onTheWayBack ? "no undo" : "cannot happen";
  };
  const table = async (troubles: readonly Trouble[]): Promise<string[]> => {
    const rows = await Promise.all(
      cases.map(async (one) => [
        `\`${one.action.id}\``,
        ...(await Promise.all(troubles.map((trouble) => cell(one, trouble)))),
      ]),
    );
    const head = ["action", ...troubles.map(({ name }) => name)];
    return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  };
  return [
    begins,
    "",
    "Trouble on the way there:",
    "",
    ...(await table(onTheWay)),
    "",
    "Trouble with the target, and on the way back:",
    "",
    ...(await table(around)),
    "",
    "What cannot happen:",
    "",
    ...cannot,
    "",
    ends,
  ].join("\n");
}

/** The page with this in the place of what the tests wrote there before. */
export function putInto(page: string, tables: string): string {
  const from = page.indexOf(begins);
  const to = page.indexOf(ends);
  if (from === -1 || to === -1) throw new Error(`the page lacks the line ${from === -1 ? begins : ends}`);
  return page.slice(0, from) + tables + page.slice(to + ends.length);
}
