import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import type { Runbook } from "../src/runbook/runbook.ts";
import type { FunctionName } from "./names.ts";

/** The functions that take events in. They start remediations and run none. */
const receiving = ["spot", "intake"] satisfies FunctionName[];

const folder = fileURLToPath(new URL("../src/runbook/triggers", import.meta.url));

/**
 * Gives the functions that take events in what they need of the runbooks: which there are, and what they answer to. Plans
 * and actions are a hundred kilobytes that a notice would wait for. A trigger that is not one of `src/runbook/triggers` is
 * found only with its runbook, so then they are given everything.
 */
export const triggersOnly = (runbooks: readonly Runbook[]): Plugin => ({
  name: "triggers-only",
  setup(build) {
    const entries = JSON.stringify(build.initialOptions.entryPoints ?? []);
    if (!receiving.some((name) => entries.includes(`functions/${name}.ts`))) return;
    build.onLoad({ filter: /[\\/]runbooks[\\/]index\.ts$/ }, async () => {
      const places = await triggerPlaces();
      const list = runbooks.map(({ id, definition: { on } }) => ({ id, on: on.map((trigger) => places.get(trigger)) }));
      if (list.some(({ on }) => on.includes(undefined))) return undefined;
      const files = [...new Set([...places.values()].map(({ file }) => file))];
      const imports = files.map((file, index) => `import * as from${index} from ${JSON.stringify(file)};`);
      const entriesOf = list.map(({ id, on }) => {
        const named = on.flatMap((place) => (place ? `from${files.indexOf(place.file)}.${place.name}` : []));
        return `{ id: ${JSON.stringify(id)}, definition: { on: [${named.join(", ")}] } }`;
      });
      const contents = `${imports.join("\n")}\nexport const runbooks = [${entriesOf.join(", ")}];`;
      return { contents, loader: "js", resolveDir: folder };
    });
  },
});

/** Where each trigger is exported, by the trigger itself. */
async function triggerPlaces(): Promise<ReadonlyMap<unknown, { readonly file: string; readonly name: string }>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".ts"));
  const all = await Promise.all(
    names.map(async (file) => {
      const loaded = (await import(pathToFileURL(join(folder, file)).href)) as Readonly<Record<string, unknown>>;
      const from = `./${file}`;
      return Object.entries(loaded).map(([name, value]) => [value, { file: from, name }] as const);
    }),
  );
  return new Map(all.flat());
}
