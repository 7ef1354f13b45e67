import { describe, expect, it } from "vitest";
import { rules } from "./arrows.ts";
import { circles, importsOf } from "./imports.ts";
import { globalOf, nodesOf } from "./syntax.ts";
import { isCode, isIn, readTree, type Tree } from "./tree.ts";

const tree = readTree();
const imports = importsOf(tree);
const written = (broken: readonly { from: string; written: string }[]) =>
  broken.map((found) => `${found.from} imports ${found.written || "something computed"}`);

describe("the arrows", () => {
  it.each(rules)("$says", ({ breaks }) => {
    expect(written(imports.filter(breaks))).toEqual([]);
  });

  it("never lead round in a circle", () => {
    expect(circles(imports)).toEqual([]);
  });

  it("lead to files that are there", () => {
    const missing = imports.filter(({ to }) => to.kind === "file" && !tree.has(to.name));
    expect(written(missing)).toEqual([]);
  });

  it("lead to packages that package.json names: what is deployed, to dependencies", () => {
    const { dependencies, devDependencies } = manifest(tree);
    // Types of Lambda's events: a package of types only, which leaves nothing to deploy.
    const deployed = new Set([...Object.keys(dependencies), "aws-lambda"]);
    const known = new Set([...deployed, ...Object.keys(devDependencies)]);
    const undeclared = imports.filter(
      ({ from, to }) =>
        to.kind === "package" && !(isIn(from, "src", "functions", "runbooks") ? deployed : known).has(to.name),
    );
    expect(written(undeclared)).toEqual([]);
  });
});

const time = ["Date.now", "new Date()", "performance", "Math.random"];
const process = ["process", "fetch", "setTimeout", "setInterval", "setImmediate", "console"];

describe("time and chance", () => {
  it("come from outside: nothing in src/ takes them from the process, except src/clock.ts and a workload's client", () => {
    expect(takersIn(tree, (path) => isIn(path, "src") && !isIn(path, "src/clock.ts", "src/client"), time)).toEqual([]);
  });

  it("are no business of signals and detectors, and neither is anything else of the process", () => {
    expect(takersIn(tree, (path) => isIn(path, "src/signals", "src/detect"), [...time, ...process])).toEqual([]);
  });
});

describe("the checker itself", () => {
  const madeUp = (...files: readonly (readonly [string, string])[]): Tree => new Map(files);

  it.each(rules)("sees when it is not so that $says", ({ breaks, brokenBy }) => {
    expect(importsOf(madeUp(brokenBy)).filter(breaks)).toHaveLength(1);
  });

  it("is content with a tree in order", () => {
    const inOrder = madeUp(
      [
        "functions/spot.ts",
        'import { runbooks } from "../runbooks/index.ts";\nimport { take } from "../src/engine/take.ts";',
      ],
      ["runbooks/index.ts", 'import { z } from "zod";\nimport { drain } from "../src/actions/drain.ts";'],
      [
        "src/actions/drain.ts",
        'import type { Aws } from "../aws/clients.ts";\nimport { ECS } from "@aws-sdk/client-ecs";',
      ],
      [
        "src/detect/forest.ts",
        'import { createHash } from "node:crypto";\nimport { BotError } from "../bot-error.ts";',
      ],
      ["local/stack.ts", 'const spot = await import("../functions/spot.ts");'],
      ["test/unit/a.test.ts", 'import { handler } from "../../functions/spot.ts";'],
    );
    for (const { breaks } of rules) expect(importsOf(inOrder).filter(breaks)).toEqual([]);
  });

  it("reads every way to import, and nothing that only looks like one", () => {
    const text = `
      import "./effect.ts"; import type { A } from "./type.ts"; import { b, type C } from "./both.ts";
      export { d } from "./again.ts"; export * from "./all.ts"; export const e = 1;
      const f = await import("./later.ts"); type G = import("./inline.ts").G;
      // import "./comment.ts"
      const text = 'import "./text.ts"'; const template = \`import "./template.ts"\`;`;
    const names = importsOf(madeUp(["src/a.ts", text])).map(({ to }) => to.name);
    expect(names.sort()).toEqual(
      ["again", "all", "both", "effect", "inline", "later", "type"].map((name) => `src/${name}.ts`),
    );
  });

  it("tells files, packages and parts of Node apart", () => {
    const text = 'import "../b.ts"; import "@a/b/c"; import "d/e"; import "node:fs"; import "path";';
    expect(importsOf(madeUp(["src/x/a.ts", text])).map(({ to }) => `${to.kind} ${to.name}`)).toEqual([
      "file src/b.ts",
      "package @a/b",
      "package d",
      "builtin node:fs",
      "builtin path",
    ]);
  });

  it("finds a circle, also one of types", () => {
    const round = madeUp(
      ["src/a.ts", 'import type { B } from "./b.ts";'],
      ["src/b.ts", 'import { c } from "./c.ts";'],
      ["src/c.ts", 'export { a } from "./a.ts";'],
      ["src/d.ts", 'import { a } from "./a.ts";'],
    );
    expect(circles(importsOf(round))).toEqual(["src/a.ts → src/b.ts → src/c.ts → src/a.ts"]);
  });

  it("sees who takes something from the process", () => {
    const text = "const at = [Date.now(), new Date(), new Date(0)]; fetch(process.env.URL); // Math.random()";
    const takers = takersIn(madeUp(["src/a.ts", text]), () => true, [...time, ...process]);
    expect(takers).toEqual(
      ["Date.now", "new Date()", "fetch", "process.env.URL", "process.env"].map((name) => `src/a.ts takes ${name}`),
    );
  });
});

/** Who in a folder takes one of these from the process. */
function takersIn(tree: Tree, isWatched: (path: string) => boolean, globals: readonly string[]): string[] {
  const taken = [...tree]
    .filter(([path]) => isCode(path) && isWatched(path))
    .flatMap(([path, text]) => nodesOf(path, text).map((node) => [path, globalOf(node)] as const))
    .filter(([, name = ""]) => globals.includes(name) || globals.includes(name.split(".")[0] ?? ""));
  return [...new Set(taken.map(([path, name]) => `${path} takes ${name}`))];
}

function manifest(tree: Tree): { dependencies: Record<string, string>; devDependencies: Record<string, string> } {
  return JSON.parse(tree.get("package.json") ?? "{}");
}
