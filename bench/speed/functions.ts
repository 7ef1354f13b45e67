import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundle, type Bundles, functionNames } from "./bundles.ts";
import { percentile, rounded } from "./figures.ts";

/** What a function weighs, and how long a cold start spends in its `import`: medians over new processes. */
export interface FunctionSpeed {
  readonly name: string;
  /** Minified, without the AWS SDK. */
  readonly kB: number;
  /** With the AWS SDK on disk, as in Lambda's runtime. */
  readonly importMs: number;
  /** An empty handler that imports the same clients: what of it is the AWS SDK. */
  readonly emptyImportMs: number;
  /** With the AWS SDK in the bundle. */
  readonly whole: { readonly kB: number; readonly importMs: number };
}

const ways = ["lean", "empty", "whole"] as const;

/** Bundles every function and imports each bundle in `imports` new processes, one after the other, in turns. */
export async function measureFunctions({
  imports,
  names = functionNames(),
}: {
  imports: number;
  names?: readonly string[];
}): Promise<FunctionSpeed[]> {
  const folder = await mkdtemp(join(tmpdir(), "paramedic-bench-"));
  try {
    await symlink(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(folder, "node_modules"));
    const bundles = new Map<string, Bundles>();
    for (const name of names) bundles.set(name, await bundle(name, folder));
    const times = [...bundles].map(([name, made]) => ({ name, made, ms: { lean: [], empty: [], whole: [] } as Times }));
    // In turns, so that a slow minute of the machine is everybody's. The side figure is taken every third turn.
    for (let turn = 0; turn < imports; turn++) {
      for (const { made, ms } of times) {
        for (const way of turn % 3 === 0 ? ways : (["lean", "empty"] as const))
          ms[way].push(await timeToImport(made[way].file));
      }
    }
    return times.map(({ name, made, ms }) => ({
      name,
      kB: made.lean.kB,
      importMs: percentile(ms.lean, 0.5),
      emptyImportMs: percentile(ms.empty, 0.5),
      whole: { kB: made.whole.kB, importMs: percentile(ms.whole, 0.5) },
    }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Times = Record<(typeof ways)[number], number[]>;

/** Enough for every function to start. Nobody listens on port 1, so that nothing can be asked of anybody. */
export const env = {
  AWS_REGION: "us-east-2",
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  SLACK_API_URL: "http://127.0.0.1:1/api/",
  SLACK_BOT_TOKEN: "xoxb-bench",
  SLACK_SIGNING_SECRET: "bench",
  POWERTOOLS_LOG_LEVEL: "SILENT",
  PARAMEDIC_TABLE: "bench",
  PARAMEDIC_MODELS: "bench",
  PARAMEDIC_REMEDIATE: "bench:durable",
  PARAMEDIC_PAGE_TOPIC: "arn:aws:sns:us-east-2:123456789012:bench",
};

/** Runs in the new process: the time of the import alone, without the start of Node. */
const script = `
  const from = performance.now();
  const { handler } = await import(process.argv[1]);
  const ms = performance.now() - from;
  if (typeof handler !== "function") throw new Error("it exports no handler");
  process.stdout.write(String(ms), () => process.exit(0));`;

async function timeToImport(file: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script, file], { env });
  return rounded(Number(stdout));
}
