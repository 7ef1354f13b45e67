import { BotError } from "../../src/bot-error.ts";

/** As wide as oxfmt lets a line be. */
const widthMax = 120;

/**
 * Adds a runbook to the text of `runbooks/index.ts`: its import, and its name at the end of the list.
 *
 * @throws BotError `bad_input` when the text is not as we write it: then the author adds the two words by hand.
 */
export function addToList(text: string, { file, name }: { readonly file: string; readonly name: string }): string {
  const added = `import { ${name} } from "./${file}";`;
  const lines = text.split("\n");
  const imports = lines.filter((line) => line.startsWith("import "));
  const before = imports.find((line) => pathOf(line).startsWith("./") && pathOf(line) > `./${file}`);
  const at = before ? lines.indexOf(before) : lines.indexOf(imports.at(-1) ?? "") + 1;
  const withImport = lines.toSpliced(at, 0, added).join("\n");

  const list = /^(export const runbooks\b[^=]*= \[)([^\]]*)(\];)$/m;
  const found = list.exec(withImport);
  if (!found || imports.length === 0) {
    throw new BotError(
      "bad_input",
      `runbooks/index.ts does not look as expected, and nothing was written.\n  It wants to have: ${added} and ${name} in its list.`,
    );
  }
  const [all, opening = "", names = "", closing = ""] = found;
  // A list of lines gets one more line, and keeps what people have written between the names.
  if (names.includes("\n")) {
    const standing = names.trimEnd().replace(/,?$/, ",");
    return withImport.replace(all, () => `${opening}${standing}\n  ${name},\n${closing}`);
  }
  const every = [...names.split(","), name].map((one) => one.trim()).filter(Boolean);
  const short = `${opening}${every.join(", ")}${closing}`;
  const long = [opening, ...every.map((one) => `  ${one},`), closing].join("\n");
  return withImport.replace(all, () => (short.length > widthMax ? long : short));
}

const pathOf = (line: string): string => /from "([^"]+)"/.exec(line)?.[1] ?? "";
