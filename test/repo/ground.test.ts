import { describe, expect, it } from "vitest";
import { codes } from "../../src/bot-error.ts";
import { type Node, nodesOf } from "./syntax.ts";
import { isCode, isIn, readTree, type Tree } from "./tree.ts";

const tree = readTree();

describe("the packages", () => {
  const {
    dependencies,
    devDependencies,
  }: Record<"dependencies" | "devDependencies", Record<string, string>> = JSON.parse(tree.get("package.json") ?? "{}");
  const all = Object.entries({ ...dependencies, ...devDependencies });

  it("are pinned exactly, every one", () => {
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it("include emulate 0.12.2: later ones of that name are another library", () => {
    expect(devDependencies.emulate).toBe("0.12.2");
  });

  it("include the Node that runs these tests, a 24", () => {
    expect(process.version).toMatch(/^v24\./);
    expect(process.version).toBe(`v${devDependencies.node}`);
  });

  it("come from whatever registry npm is set to: the lock file and the rest of the tree name none", () => {
    const lines = linesWith(
      tree,
      /"resolved":\s"http|registry\.(npm|yarn)|npm\.pkg\.github|^\s*(@[\w-]+:)?registry\s*=/,
    );
    expect(lines).toEqual([]);
  });
});

describe("the tree", () => {
  it("knows no path of the machine it was written on", () => {
    expect(linesWith(tree, /(?<![\w.*~-])\/(work|farm|root|home)\//)).toEqual([]);
  });

  it("has no path of a temporary folder in src/, where nothing is written to disk", () => {
    expect(linesWith(within(tree, "src"), /["'`]\/tmp\b/)).toEqual([]);
  });

  it("keeps source files to 400 lines", () => {
    const source = within(tree, "src", "functions", "runbooks", "sim", "local", "cli", "bench", "infra");
    const long = [...source].filter(([path, text]) => isCode(path) && lineCount(text) > 400);
    expect(long.map(([path]) => path)).toEqual([]);
  });

  it("has no test that is left out, or that keeps others from running", () => {
    const tests = within(tree, "test");
    expect(linesWith(tests, /\b(it|test|describe|suite)(\.\w+)*\.(only|skip|todo)\b/)).toEqual([]);
  });

  it("has no cast that forgets the type, and no line that the compiler is told to overlook", () => {
    const casts = [...tree]
      .filter(([path]) => isCode(path))
      .flatMap(([path, text]) =>
        nodesOf(path, text)
          .filter(forgets)
          .map(() => path),
      );
    expect(casts).toEqual([]);
    expect(linesWith(tree, /^\s*(\/\/|\/\*|\*)\s*@ts-(ignore|expect-error|nocheck)/)).toEqual([]);
  });
});

describe("docs/operating.md", () => {
  it.each(Object.keys(codes))("says what %s means and what to do", (code) => {
    const text = tree.get("docs/operating.md") ?? "";
    expect(paragraphOf(text, code)?.length ?? 0, `${code} has no heading and paragraph of its own`).toBeGreaterThan(80);
  });

  it("speaks of no code that there is not", () => {
    const headings = (tree.get("docs/operating.md") ?? "").matchAll(/^#+ `([a-z_]+)`$/gm);
    expect([...headings].map(([, code]) => code).filter((code = "") => !(code in codes))).toEqual([]);
  });
});

describe("these checks", () => {
  const madeUp: Tree = new Map([
    ["src/a.ts", `const path = "${["", "work", "main"].join("/")}";\nconst b = {} as unknown as Date;`],
  ]);

  it("find a machine's path and a cast when there is one", () => {
    expect(linesWith(madeUp, /\/work\//)).toEqual(["src/a.ts:1"]);
    expect(nodesOf("a.ts", madeUp.get("src/a.ts") ?? "").filter(forgets)).toHaveLength(1);
    expect(nodesOf("a.ts", "let a: any; const b = 1 as unknown; const c = 1 as never;").filter(forgets)).toHaveLength(
      1,
    );
  });

  it("find the paragraph under a heading, and none where there is none", () => {
    expect(paragraphOf("## `a_b`\n\nIt is so.\n\n## `c`\n\n## `d`\n\nAnd so.", "a_b")).toBe("It is so.");
    expect(paragraphOf("## `a_b`\n\n## `c`\n", "a_b")).toBe("");
    expect(paragraphOf("nothing about `a_b`", "a_b")).toBeUndefined();
  });
});

/** The lines of a tree that a pattern is found in, as `path:line`. */
const linesWith = (tree: Tree, pattern: RegExp): string[] =>
  [...tree].flatMap(([path, text]) =>
    text.split("\n").flatMap((line, index) => (pattern.test(line) ? `${path}:${index + 1}` : [])),
  );

const lineCount = (text: string): number => text.split("\n").length - (text.endsWith("\n") ? 1 : 0);

const within = (tree: Tree, ...folders: string[]): Tree =>
  new Map([...tree].filter(([path]) => isIn(path, ...folders)));

/** `any` wherever it is written, and a value cast to something else by way of `unknown`. */
function forgets(node: Node): boolean {
  if (node.type === "TSAnyKeyword") return true;
  const { type, expression } = node;
  return type === "TSAsExpression" && isCastToUnknown(expression);
}

function isCastToUnknown(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  const { type, typeAnnotation } = { type: "", typeAnnotation: undefined, ...node };
  return type === "TSAsExpression" && JSON.stringify(typeAnnotation).includes("TSUnknownKeyword");
}

/** What stands under the heading of a code, up to the next heading. */
function paragraphOf(text: string, code: string): string | undefined {
  const [, after] = text.split(new RegExp(`^#+ \`${code}\`$`, "m"));
  return after?.split(/^#+ /m)[0]?.trim();
}
