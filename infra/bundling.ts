import { readFile } from "node:fs/promises";
import { sep } from "node:path";
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
    // Every text brings along all formats that a text can be asked for: .email(), .jwt() and twenty more. None is asked for.
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]classic[\\/]schemas\.js$/ }, async ({ path }) => {
      return { contents: (await readFile(path, "utf8")).replace(formatMethod, ""), loader: "js" };
    });
  },
};

const formatMethod = /^ {4}\w+\(params\) \{\n {8}return this\.check\(core\._\w+\(Zod\w+, params\)\);\n {4}\},\n/gm;
const refusal = 'function no() { throw new Error("JSON Schema is not in this bundle"); }';
