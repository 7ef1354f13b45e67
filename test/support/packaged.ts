import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { unzip } from "./unzip.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      DeletionPolicy: z.string().optional(),
      Properties: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
});
export type Resource = z.infer<typeof template>["Resources"][string];

/** What `npm run package` has made. */
export interface Packaged {
  readonly templateFile: string;
  readonly resources: Readonly<Record<string, Resource>>;
  /** The resources of a type, by logical id. */
  of(type: string): [id: string, properties: Resource["Properties"]][];
  /** The code of a function as it is deployed: the files in its archive, written where packages are found. */
  code(name: string): { readonly file: string; readonly bytes: number; readonly files: readonly string[] };
  remove(): void;
}

/** Put before osls, it makes every connection fail but those to a local pipe. */
const offline = `data:text/javascript,${encodeURIComponent(`
  import net from "node:net";
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function (...given) {
    const [to] = Array.isArray(given[0]) ? given[0] : given;
    if (typeof to === "object" && to?.path) return connect.apply(this, given);
    throw new Error("offline: no connection to " + JSON.stringify(to));
  };`)}`;

/** What osls reads of the repository. It works in the folder that it is started in, so each run is given its own. */
const sources = ["functions", "infra", "node_modules", "package.json", "paramedic.config.ts", "runbooks", "src"];

/**
 * Packages as `npm run package` does, in a folder of its own, with no network and no credentials.
 *
 * @throws what osls said, when it does not package.
 */
export async function packaged(stage: string, parameters: Readonly<Record<string, string>> = {}): Promise<Packaged> {
  const folder = mkdtempSync(join(tmpdir(), "paramedic-package-"));
  for (const name of sources) symlinkSync(join(root, name), join(folder, name));
  copyFileSync(join(root, "serverless.yml"), join(folder, "serverless.yml"));
  const params = Object.entries(parameters).flatMap(([name, value]) => (value ? [`--param=${name}=${value}`] : []));
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS|SLS|SERVERLESS|VITEST)/.test(name)),
  );
  await promisify(execFile)(
    process.execPath,
    [
      "--import",
      offline,
      join(root, "node_modules/.bin/osls"),
      "package",
      "--stage",
      stage,
      "--package",
      "made",
      ...params,
    ],
    { cwd: folder, env: { ...env, HOME: folder, AWS_EC2_METADATA_DISABLED: "true" } },
  ).catch((error: unknown) => {
    const { stdout, stderr } = z.object({ stdout: z.string(), stderr: z.string() }).parse(error);
    throw new Error(`osls package: ${stdout}${stderr}`, { cause: error });
  });
  const templateFile = join(folder, "made", "cloudformation-template-update-stack.json");
  const { Resources: resources } = template.parse(JSON.parse(readFileSync(templateFile, "utf8")));
  return {
    templateFile,
    resources,
    of: (type) =>
      Object.entries(resources)
        .filter(([, resource]) => resource.Type === type)
        .map(([id, { Properties }]) => [id, Properties]),
    code(name) {
      const files = unzip(readFileSync(join(folder, "made", `${name}.zip`)));
      for (const [path, content] of files) {
        const file = join(folder, "made", name, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
      return { file: join(folder, "made", name, `functions/${name}.mjs`), bytes, files: [...files.keys()] };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
