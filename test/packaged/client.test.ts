import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { buildClient } from "../../infra/client-package.ts";
import { serveHttp } from "../../local/servers.ts";
import { VirtualClock } from "../../sim/clock.ts";
import { createSim, type Sim } from "../../sim/sim.ts";
import { root } from "../repo/tree.ts";
import { startMs } from "../support/stack.ts";

const run = promisify(execFile);
const manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()),
  exports: z.record(z.string(), z.object({ types: z.string(), default: z.string() })),
});

/** The oldest Node that is on the path and that the client is for; a project's own does not count. */
const oldestNode = ((): string => {
  const found = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => {
    const node = join(folder, "node");
    try {
      const version = Number(/^v(\d+)/.exec(execFileSync(node, ["--version"]).toString())?.[1]);
      return folder.includes("node_modules") || version < 20 ? [] : [{ node, version }];
    } catch {
      // No Node in this folder.
      return [];
    }
  });
  return found.toSorted((a, b) => a.version - b.version)[0]?.node ?? process.execPath;
})();

/** A workload's own folder: the packed client in node_modules, with what its package.json names, as npm would install it. */
let workload = "";
let installed: z.infer<typeof manifest>;

beforeAll(async () => {
  workload = realpathSync(mkdtempSync(join(tmpdir(), "paramedic-workload-")));
  const built = join(workload, "built");
  await buildClient(built);
  const [packed] = z
    .tuple([z.object({ filename: z.string() })])
    .parse(JSON.parse(execFileSync("npm", ["pack", built, "--json", "--pack-destination", workload]).toString()));
  const modules = join(workload, "node_modules");
  mkdirSync(join(modules, "paramedic"), { recursive: true });
  execFileSync("tar", [
    "-xzf",
    join(workload, packed.filename),
    "-C",
    join(modules, "paramedic"),
    "--strip-components=1",
  ]);
  rmSync(built, { recursive: true });
  installed = manifest.parse(JSON.parse(readFileSync(join(modules, "paramedic/package.json"), "utf8")));
  const own = ["@aws-sdk/client-sqs", "@types/node"];
  for (const name of [...Object.keys({ ...installed.dependencies, ...installed.peerDependencies }), ...own]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  writeFileSync(join(workload, "package.json"), JSON.stringify({ name: "workload", type: "module" }));
}, 60_000);
afterAll(() => rmSync(workload, { recursive: true, force: true }));

let sim: Sim;
let close: () => Promise<void>;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  sim = createSim({ clock: new VirtualClock(startMs), seed: 1 });
  sim.seed.table({ name: "paramedic-test" });
  const server = await serveHttp(sim.listener);
  // A queue's URL has the host of its service in it, and the SDK goes by that.
  const QUEUE_URL = `${server.url}/123456789012/jobs`;
  sim.world.queues[QUEUE_URL] = Object.assign(sim.seed.queue({ name: "jobs", messages: ["job 0"] }), {
    url: QUEUE_URL,
  });
  close = () => server.close();
  env = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: "us-east-2",
    AWS_ACCESS_KEY_ID: "a-workload",
    AWS_SECRET_ACCESS_KEY: "a-workload",
    PARAMEDIC_TABLE: "paramedic-test",
    PARAMEDIC_INSTANCE_ID: "i-0123456789abcdef0",
    QUEUE_URL,
  };
});
afterEach(() => close());

/** Runs a module in the workload's folder, its types stripped. Answers what it printed, line by line. */
async function print(code: string): Promise<string[]> {
  const { code: plain } = await transform(code, { loader: "ts", target: "node20" });
  writeFileSync(join(workload, "example.mjs"), plain);
  const { stdout } = await run(oldestNode, ["example.mjs"], { cwd: workload, env, timeout: 20_000 });
  return stdout.split("\n").filter(Boolean);
}

const page = readFileSync(join(root, "docs/client.md"), "utf8");
const examples = [...page.matchAll(/^## (.+)$(?:(?!^## )[\s\S])*?^```ts\n([\s\S]*?)^```$/gm)].map(
  ([, title = "", code = ""]) => ({ title, code }),
);
const said = (code: string): string[] => [...code.matchAll(/^\/\/ → (.+)$/gm)].map(([, line = ""]) => line);
const example = (title: string): string => examples.find((one) => one.title === title)?.code ?? "";

describe("the packed client", () => {
  it("needs the SDK clients that it calls, and nothing else", () => {
    expect(Object.keys(installed.dependencies)).toEqual([
      "@aws-sdk/client-dynamodb",
      "@aws-sdk/client-eventbridge",
      "@aws-sdk/client-ssm",
      "@aws-sdk/lib-dynamodb",
    ]);
    expect(Object.keys(installed.peerDependencies)).toEqual(["@openfeature/server-sdk"]);
  });

  it("offers what this repository's package.json says that it offers", () => {
    const ours = z.object({ exports: z.record(z.string(), z.object({ types: z.string(), default: z.string() })) });
    const { exports } = ours.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
    const inDist = (path: string) => path.replace(/^\./, "./dist/client");
    const built = Object.entries(installed.exports).map(([name, paths]) => [
      name,
      { types: inDist(paths.types), default: inDist(paths.default) },
    ]);
    expect(exports).toEqual(Object.fromEntries(built));
  });

  it("has types that a strict compiler takes, and examples that compile with them", () => {
    const files = examples.map(({ code }, index) => {
      writeFileSync(join(workload, `example-${index}.ts`), code);
      return `example-${index}.ts`;
    });
    const compilerOptions = { strict: true, module: "nodenext", target: "es2023", noEmit: true, types: ["node"] };
    writeFileSync(join(workload, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    const tsc = join(root, "node_modules/.bin/tsc");
    expect(() => execFileSync(tsc, ["-p", workload], { encoding: "utf8" })).not.toThrow();
  }, 60_000);

  it("goes on without a table that does not answer", async () => {
    sim.faults.add({ service: "dynamodb", operation: "GetItem", kind: "server-error" });
    const printed = await print(`
      import { paramedic } from "paramedic/client";
      const { circuit } = paramedic(process.env, { onEvent: ({ kind, instead }) => console.log(kind, instead) });
      console.log(await circuit("llm").call(async () => "an answer"));`);
    expect(printed).toEqual(["store-failed goes by what this process sees", "an answer"]);
  });
});

describe("an example of docs/client.md", () => {
  it.each(examples)("does what it says: $title", async ({ code }) => {
    expect(await print(code)).toEqual(said(code));
  });

  it("there is for each part", () => {
    expect(examples.map(({ title }) => title)).toEqual([
      "Levels",
      "Circuits",
      "Failover",
      "The memory of jobs",
      "Messages in hand",
      "Tokens",
      "OpenFeature",
    ]);
  });

  it("leaves a circuit open for the next process, which asks nobody", async () => {
    await print(example("Circuits"));
    const [first] = await print(example("Circuits"));
    expect(first).toBe("from the cache: refused");
  });

  it("reads the level that somebody has set", async () => {
    const level = { level: "cached", reason: "slow", incident: "-", key: "-", setBy: "Alex", since: startMs };
    sim.seed.parameter({ name: "/paramedic/level/chat", value: JSON.stringify(level) });
    expect(await print(example("Levels"))).toEqual(["cached 0"]);
  });

  it("writes down what it works on, and strikes it out", async () => {
    await print(example("Messages in hand"));
    const written = sim.calls
      .filter(({ operation }) => operation === "PutItem")
      .map(({ input }) => JSON.stringify(input));
    expect(written.map((item) => item.includes("receiptHandle"))).toEqual([true, false]);
    expect(written[0]).toContain("in-flight#i-0123456789abcdef0");
  });

  it("sends the tokens of an agent as one sum for each way", async () => {
    await print(example("Tokens"));
    const sent = sim.calls.find(({ operation }) => operation === "PutEvents")?.input;
    const text = JSON.stringify(sent).replaceAll("\\", "");
    expect([...text.matchAll(/"value":(\d+)/g)].map(([, value]) => Number(value))).toEqual([2_000, 400]);
  });
});
