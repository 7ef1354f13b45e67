import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { readTree, root } from "./tree.ts";

const tree = readTree();
const pages = [...tree].filter(([path]) => path === "README.md" || (path.startsWith("docs/") && path.endsWith(".md")));
const folders = new Set(
  [...tree.keys()].flatMap((path) => path.split("/").map((_, i, all) => all.slice(0, i).join("/"))),
);

it("there is a README", () => {
  expect(tree.has("README.md"), "README.md is missing: its links and its runbook cannot be checked").toBe(true);
});

describe("a link", () => {
  const links = pages.flatMap(([path, text]) => linksIn(text).map((link) => ({ path, link })));

  it("leads from every page to files that are there", () => {
    const broken = links.filter(({ path, link }) => {
      const target = posix.join(posix.dirname(path), decodeURI(link.split("#")[0] ?? "")).replace(/\/$/, "");
      return link.startsWith("/") || !(tree.has(target) || folders.has(target) || existsSync(join(root, target)));
    });
    expect(broken).toEqual([]);
  });

  it("leads to headings that are there", () => {
    const broken = links.filter(({ path, link }) => {
      const [file = "", heading] = link.split("#");
      const text = tree.get(file === "" ? path : posix.join(posix.dirname(path), file)) ?? "";
      return heading !== undefined && /\.md$|^$/.test(file) && !anchorsOf(text).includes(heading);
    });
    expect(broken).toEqual([]);
  });

  it("is found in prose, not in code, and only if it stays in the repository", () => {
    const text = "[a](b.md) ![c](d.png) [e](https://f) [g](#h)\n[i]: j.md\n`[k](l)`\n```\n[m](n)\n```\n";
    expect(linksIn(text)).toEqual(["b.md", "d.png", "#h", "j.md"]);
  });
});

describe("the code on our pages", () => {
  let bench = "";
  beforeAll(() => void (bench = mkdtempSync(join(tmpdir(), "paramedic-pages-"))));
  afterAll(() => rmSync(bench, { recursive: true, force: true }));

  it("that defines a runbook or an action compiles as a file in runbooks/", () => {
    const blocks = pages.flatMap(([path, text]) => definitionsIn(text).map((code) => ({ path, code })));
    expect(blocks.length, "no page shows how to write a runbook").toBeGreaterThan(0);

    expect(compile(bench, blocks)).toEqual([]);
  });

  it("is found wanting when it does not compile", () => {
    const text = '```ts\nimport { defineRunbook } from "../src/runbook/runbook.ts";\ndefineRunbook({ id: 1 });\n```\n';
    const errors = compile(
      bench,
      definitionsIn(text).map((code) => ({ path: "made-up.md", code })),
    );
    expect(errors.join()).toMatch(/^made-up\.md.*TS\d+/);
  });
});

/** The relative links of a page. */
function linksIn(text: string): string[] {
  const prose = text.replace(/^(```|~~~).*?^\1/gms, "").replace(/`[^`\n]*`/g, "");
  const found = [...prose.matchAll(/\]\(([^)\s]+)[^)]*\)|^\[[^\]]+\]:\s*(\S+)/gm)];
  return found.map(([, inline, below]) => inline ?? below ?? "").filter((link) => !/^[a-z]+:/.test(link));
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): string[] {
  const headings = text.replace(/^(```|~~~).*?^\1/gms, "").matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-"),
  );
}

/** The TypeScript blocks of a page that define a runbook or an action. */
const definitionsIn = (text: string): string[] =>
  [...text.matchAll(/^```ts\b.*?\n(.*?)^```/gms)]
    .map(([, code = ""]) => code)
    .filter((code) => /\bdefine(Runbook|Action)\(/.test(code));

/** Checks blocks as files of a repository of their own, whose src/ and runbooks/ neighbours are ours. Answers what the compiler says. */
function compile(folder: string, blocks: readonly { path: string; code: string }[]): string[] {
  const runbooks = join(folder, "runbooks");
  rmSync(runbooks, { recursive: true, force: true });
  mkdirSync(runbooks);
  for (const link of ["src", "node_modules"])
    if (!existsSync(join(folder, link))) symlinkSync(join(root, link), join(folder, link));
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
  const config = { extends: join(root, "tsconfig.json"), compilerOptions, include: ["runbooks"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  for (const [index, { code }] of blocks.entries()) writeFileSync(join(runbooks, `block-${index}.ts`), code);
  try {
    execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", folder, "--pretty", "false"], {
      cwd: folder,
      encoding: "utf8",
    });
    return [];
  } catch (error) {
    const { stdout } = z.object({ stdout: z.string() }).parse(error);
    const pageOf = (_: string, index: string) => `${blocks[Number(index)]?.path}, block ${index}`;
    return stdout
      .trim()
      .split("\n")
      .map((line) => line.replace(/runbooks\/block-(\d+)\.ts/, pageOf));
  }
}
