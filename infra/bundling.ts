import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";
import type { Settings } from "../src/settings.ts";

/** The settings are checked now, and go into the bundle as plain data: a fault in them fails the packaging. */
export const bakedSettings = (settings: Settings): Plugin => ({
  name: "baked-settings",
  setup(build) {
    build.onLoad({ filter: /[\\/]paramedic\.config\.ts$/ }, () => ({
      contents: `export default ${JSON.stringify(settings)}`,
      loader: "js",
    }));
  },
});

/**
 * Takes of zod what is used. `import { z }` is an object that holds all of it, 450 kB with every language; a namespace
 * import of the same is picked apart by esbuild.
 */
export const leanZod: Plugin = {
  name: "lean-zod",
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes(`${sep}node_modules${sep}`)) return undefined;
      const text = await readFile(path, "utf8");
      return { contents: text.replace('import { z } from "zod"', 'import * as z from "zod"'), loader: "ts" };
    });
    // Every schema brings along how to print itself as JSON Schema, 19 kB of it. The bot never asks for that.
    build.onLoad(
      { filter: /[\\/]zod[\\/]v4[\\/]core[\\/](to-json-schema|json-schema-processors)\.js$/ },
      async ({ path }) => {
        const names = [...(await readFile(path, "utf8")).matchAll(/^export (?:const|function|class) (\w+)/gm)];
        const stubs = names.map(
          ([, name = ""]) => `export const ${name} = ${name.startsWith("create") ? "() => no" : "no"};`,
        );
        return { contents: [...stubs, refusal].join("\n") };
      },
    );
    // Every schema has a hundred methods, and brings along whatever they need. Those that nobody calls go.
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]classic[\\/]schemas\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const called = new Set([
        ...(await ownSource()).flatMap((own) => callsIn(own).filter((name) => mayBeOfZod(name, own))),
        ...callsIn(text, /\b(?:this|inst|cl|schema)/),
      ]);
      const contents = text
        // Through a namespace in a namespace esbuild keeps all of it: six kilobytes, of which one is used.
        .replace('import { util } from "../core/index.js"', 'import * as util from "../core/util.js"')
        .replaceAll("core.util.", "util.")
        .replace(method, (whole, name: string) => (called.has(name) ? whole : ""))
        // What arrives here has been JSON, so nothing in it leads back to itself; and a compiled parser of objects pays
        // where one process reads many thousands of them. Both together are six kilobytes.
        .replace("core.config({ memoizer: core.memoizer() })", "void 0")
        .replace("core.$ZodObjectJIT.init", "core.$ZodObject.init");
      return { contents, loader: "js" };
    });
    // `z.iso` holds what reads dates, times and lengths of time, and brings all of it along. Only whole moments are read.
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]classic[\\/]iso\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const read = new Set(
        (await ownSource()).flatMap((own) => [...own.matchAll(/\bz\.iso\.(\w+)\(/g)].map(([, name]) => name)),
      );
      const contents = text.replace(/^export function (\w+)\(.*\n.*\n\}\n/gm, (whole, name: string) =>
        read.has(name) ? whole : "",
      );
      return { contents, loader: "js" };
    });
    // How formats are called that none of our schemas asks for.
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]en\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      return { contents: text.replace(/^ {8}(?!regex|email|url|datetime|nan)\w+: "[^"{]*",\n/gm, ""), loader: "js" };
    });
    // Nobody asks an error for these; it is told with prettifyError, or issue by issue.
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]classic[\\/]errors\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      return { contents: text.replace(/^ *_lazyMethod\(proto, "(format|flatten)".*\n/gm, ""), loader: "js" };
    });
  },
};

/** A method or accessor of a schema, as zod's source has them: indented by four, its end on a line of its own. */
const method =
  /^ {4}(?:async |get |set )?"?([\w~]+)"?(?:: (?:async )?function \w+)?\([^)]*\) \{\n(?: {8}.*\n|\n| {4}\/\/.*\n)*? {4}\},\n/gm;
/** Names of methods that are called. `z.url()` is a function of zod's and no method of a schema. */
const callsIn = (text: string, on = /(?<!\bz)/): string[] =>
  [...text.matchAll(new RegExp(`${on.source}\\.(\\w+)\\(`, "g"))].map(([, name = ""]) => name);

/** Names that strings and lists have too, such as `includes`: they count only where a schema comes before, as far as can be seen. */
const everyday = new Set([String, Array].flatMap((type) => Object.getOwnPropertyNames(type.prototype)));
const mayBeOfZod = (name: string, text: string): boolean =>
  !everyday.has(name) || new RegExp(String.raw`\bz\.\w+\([^;]*\.${name}\(`).test(text);

/** The text of everything that can be in a bundle. */
async function ownSource(): Promise<string[]> {
  const folders = ["src", "runbooks", "functions"].map((name) => fileURLToPath(new URL(`../${name}`, import.meta.url)));
  const files = await Promise.all(
    folders.map(async (folder) => (await readdir(folder, { recursive: true })).map((file) => join(folder, file))),
  );
  return await Promise.all(
    files
      .flat()
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFile(file, "utf8")),
  );
}

const refusal = 'function no() { throw new Error("JSON Schema is not in this bundle"); }';
