import { readdirSync, readFileSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { fileURLToPath } from "node:url";

/** Where this repository is. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Files by their path from the root, with slashes, and their text. */
export type Tree = ReadonlyMap<string, string>;

/** Every text file that belongs to the repository. What `.gitignore` names does not; it names things, never paths. */
export function readTree(folder = root): Tree {
  const ignored = readFileSync(join(folder, ".gitignore"), "utf8").split("\n").filter(Boolean);
  const isOurs = (name: string) =>
    name !== ".git" && !ignored.some((pattern) => matchesGlob(name, pattern.replace(/\/$/, "")));
  const found = new Map<string, string>();
  const walk = (under: string): void => {
    for (const entry of readdirSync(join(folder, under), { withFileTypes: true })) {
      if (!isOurs(entry.name)) continue;
      const path = under ? `${under}/${entry.name}` : entry.name;
      if (entry.isDirectory()) walk(path);
      if (!entry.isFile()) continue;
      const text = readFileSync(join(folder, path), "utf8");
      // A picture is not for reading.
      if (!text.includes("\0")) found.set(path, text);
    }
  };
  walk("");
  return found;
}

export const isCode = (path: string): boolean => /\.tsx?$/.test(path);

/** Whether a path is in one of these folders, or is one of these files. */
export const isIn = (path: string, ...places: readonly string[]): boolean =>
  places.some((place) => path === place || path.startsWith(`${place}/`));
