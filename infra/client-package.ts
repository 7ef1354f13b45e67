import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { z } from "zod";
import { BotError } from "../src/bot-error.ts";
import { leanZod } from "./bundling.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What workloads import, and from where. */
const entries = { client: "src/client/client.ts", openfeature: "src/client/openfeature.ts" } as const;
type Entry = keyof typeof entries;

/** The packages that stay packages: what a workload has anyway must not be there twice. All of them are free of side effects. */
const staying = /^(@aws-sdk|@openfeature)\//;
/** Only who uses OpenFeature needs it. */
const optional = /^@openfeature\//;

const stays: Plugin = {
  name: "stays",
  setup: (build) => {
    build.onResolve({ filter: staying }, ({ path }) => ({ path, external: true, sideEffects: false }));
  },
};

/**
 * Builds what workloads install: `paramedic/client` and `paramedic/client/openfeature` as plain modules for Node 20 and
 * newer, with their types, and a package.json that depends on the SDK clients they use and on nothing else.
 *
 * @throws BotError `bad_setting` when the types speak of a package that the workload would not have.
 */
export async function buildClient(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { ...entries },
    outdir: folder,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    metafile: true,
    plugins: [stays, leanZod],
  });
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  const packages = [...new Set(imported.filter((name) => staying.test(name)))].sort();
  writeTypes(folder, packages);
  const { name, version, description, license, engines, dependencies } = manifest.parse(
    JSON.parse(readFileSync(join(root, "package.json"), "utf8")),
  );
  const versions = (wanted: readonly string[]) =>
    Object.fromEntries(wanted.map((name) => [name, `^${dependencies[name] ?? "0.0.0"}`]));
  const extra = packages.filter((name) => optional.test(name));
  const exported = (entry: Entry) => ({
    types: `./types/${entries[entry].replace(/^src\//, "").replace(/\.ts$/, ".d.ts")}`,
    default: `./${entry}.js`,
  });
  const contents = {
    name,
    version,
    description,
    license,
    engines,
    type: "module",
    sideEffects: false,
    exports: { "./client": exported("client"), "./client/openfeature": exported("openfeature") },
    dependencies: versions(packages.filter((name) => !optional.test(name))),
    peerDependencies: versions(extra),
    peerDependenciesMeta: Object.fromEntries(extra.map((name) => [name, { optional: true }])),
  };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(contents, null, 2)}\n`);
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  copyFileSync(join(root, "docs/client.md"), join(folder, "README.md"));
}

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
  engines: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
});

/** The declarations that a reader of the entries comes by; what is `@internal` is left out, and with it the bot's own types. */
function writeTypes(folder: string, packages: readonly string[]): void {
  const scratch = mkdtempSync(join(tmpdir(), "paramedic-types-"));
  try {
    const compilerOptions = {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      stripInternal: true,
      rootDir: join(root, "src"),
      outDir: join(scratch, "types"),
      typeRoots: [join(root, "node_modules/@types")],
    };
    const files = Object.values(entries).map((path) => join(root, path));
    const config = { extends: join(root, "tsconfig.json"), compilerOptions, include: [], files };
    writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify(config));
    execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", scratch], { stdio: ["ignore", 2, "inherit"] });
    const left = files.map((file) => join(scratch, "types", relative(join(root, "src"), file)));
    const done = new Set<string>();
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      if (done.has(path)) continue;
      done.add(path);
      const text = readFileSync(path.replace(/\.ts$/, ".d.ts"), "utf8");
      for (const [, named = ""] of text.matchAll(/\bfrom "([^"]+)"/g)) {
        if (named.startsWith(".")) left.push(resolve(dirname(path), named));
        else if (!packages.includes(named))
          throw new BotError(
            "bad_setting",
            `building the client: its types speak of ${named}, which it does not bring`,
          );
      }
      const to = join(folder, "types", relative(join(scratch, "types"), path)).replace(/\.ts$/, ".d.ts");
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, text.replace(/(\bfrom "\.[^"]+)\.ts"/g, '$1.js"'));
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
