import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";

import settings from "../../paramedic.config.ts";
import { bakedSettings, leanZod } from "../../infra/bundling.ts";
import { triggersOnly } from "../../infra/triggers-only.ts";
import { runbooks } from "../../runbooks/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A function made ready to be deployed. */
export interface Bundle {
  readonly file: string;
  readonly kB: number;
}

/** One function in the ways that are measured. */
export interface Bundles {
  /** Without the AWS SDK, which the runtime brings: how it is deployed. */
  readonly lean: Bundle;
  /** An empty handler that imports the same things of the AWS SDK, also without it. */
  readonly empty: Bundle;
  /** With the AWS SDK inside. */
  readonly whole: Bundle;
}

/** The functions there are, by name. */
export const functionNames = (): string[] =>
  readdirSync(join(root, "functions"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length))
    .sort();

/** Bundles a function into a folder, from which packages must be found. */
export async function bundle(name: string, folder: string): Promise<Bundles> {
  const source = { entryPoints: [join(root, "functions", `${name}.ts`)] };
  const lean = await pack(source, join(folder, `${name}.mjs`), ["@aws-sdk/*"]);
  const stdin = { contents: emptyHandler(lean.text), resolveDir: root };
  return {
    lean,
    empty: await pack({ stdin }, join(folder, `${name}.empty.mjs`), ["@aws-sdk/*"]),
    whole: await pack(source, join(folder, `${name}.whole.mjs`), []),
  };
}

/** A bundle is ESM; the packages in it that are not call `require`, which ESM has none of. */
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

async function pack(source: BuildOptions, file: string, external: string[]): Promise<Bundle & { text: string }> {
  const { outputFiles } = await build({
    ...source,
    outfile: file,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "esm",
    banner: { js: banner },
    external,
    plugins: [bakedSettings(settings), triggersOnly(runbooks), leanZod],
    write: false,
    logLevel: "error",
  });
  const [output] = outputFiles;
  if (!output) throw new Error(`bundling ${file}: nothing came of it`);
  await writeFile(file, output.contents);
  return { file, kB: Math.round(output.contents.length / 100) / 10, text: output.text };
}

/** A handler that does nothing and imports from the AWS SDK what this bundle does, in the words of esbuild. */
function emptyHandler(bundle: string): string {
  const names = new Map<string, Set<string>>();
  for (const [, imported = "", from = ""] of bundle.matchAll(/\bimport\{([^}]*)\}from"(@aws-sdk\/[^"]+)"/g)) {
    const found = imported.split(",").map((name) => name.split(" as ")[0] ?? "");
    names.set(from, new Set([...(names.get(from) ?? []), ...found]));
  }
  const all = [...names].flatMap(([from, found], index) =>
    [...found].map((name) => ({ from, name, as: `${name}_${index}` })),
  );
  const imports = all.map(({ from, name, as }) => `import { ${name} as ${as} } from "${from}";`);
  return `${imports.join("\n")}
    export const used = [${all.map(({ as }) => as).join(", ")}];
    export const handler = async () => undefined;`;
}
