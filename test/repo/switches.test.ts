import { describe, expect, it } from "vitest";
import { main } from "../../cli/paramedic.ts";
import { ownMetrics } from "../../src/aws/metrics.ts";
import { defineSettings } from "../../src/settings.ts";
import { paper } from "../unit/cli/given.ts";
import { isCode, isIn, readTree } from "./tree.ts";

const tree = readTree();
const pages = [...tree].filter(([path]) => path === "README.md" || /^docs\/[\w-]+\.md$/.test(path));
const all = pages.map(([, text]) => text).join("\n");
const code = [...tree].filter(([path]) => isCode(path) && !isIn(path, "test"));

/** What a pattern finds, each once, in order. */
const found = (pattern: RegExp, text: string): string[] =>
  [...new Set([...text.matchAll(pattern)].map(([, name = ""]) => name))].sort();

/** The lines on which pages say what to type to us: `aws …` is somebody else's program. */
const ours = all
  .replace(/\\\n/g, " ")
  .replace(/^.*\baws [a-z0-9-]+ [a-z].*$/gm, "")
  .replace(/`aws [^`]*`/g, "");

describe("every command that a page names", () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(tree.get("package.json") ?? "{}");

  it("with npm run is a script, and every script is named", () => {
    const named = found(/npm run (?:-s )?([\w:]+)/g, all);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    const alone = found(/npm (start|test)\b/g, all);
    // For whoever works on the repository itself.
    const ownUse = ["pictures", "bench:remediation"];
    const told = [...named, ...alone, ...ownUse];
    expect(Object.keys(scripts).filter((name) => !told.includes(name))).toEqual([]);
  });

  it("with paramedic is a command, and every command is named", async () => {
    const io = paper();
    await main(["--help"], io);
    const commands = found(/^ {2}([a-z]+) +\w/gm, io.written.out.split("Commands")[1]?.split("Exit codes")[0] ?? "");
    const named = found(/`?(?:npx )?paramedic ([a-z]+)(?=[ `\n])/g, ours.replace(/\/paramedic [a-z]+/g, ""));
    const typed = found(/npx paramedic ([a-z]+)/g, all);

    expect(typed.filter((name) => !commands.includes(name))).toEqual([]);
    const run = [...typed, ...named, ...found(/npm run (?:-s )?(replay)/g, all)];
    expect(commands.filter((name) => !run.includes(name))).toEqual([]);
  });
});

it("every metric of the bot's own is explained in docs/operating.md, and none that there is not", () => {
  const [, table = ""] = /## What it measures of itself\n(.*?)\n\*\*/s.exec(tree.get("docs/operating.md") ?? "") ?? [];
  const named = found(/^\| (`[^|]+) \|/gm, table).flatMap((cell) => found(/`(\w+)`/g, cell));
  expect(named.sort()).toEqual(Object.keys(ownMetrics).sort());
});

describe("every switch that a page names", () => {
  it("is an option of a program of ours, or of osls", () => {
    // Options are declared where they are read: as keys of parseArgs, or in the text of a help.
    const text = code.map(([, source]) => source).join("\n");
    const osls = ["stage", "param", "region"];
    const unknown = found(/(?<![\w-])--([a-z][\w-]+)/g, ours).filter(
      (name) => !osls.includes(name) && !new RegExp(`--${name}\\b|"?\\b${name}"?: \\{ type: "`).test(text),
    );
    expect(unknown).toEqual([]);
  });

  it("is an environment variable that is read, and every one of ours is named", () => {
    const read = found(/(?<!code: ")\b(PARAMEDIC_[A-Z_]+)\b/g, code.map(([, text]) => text).join("\n"));
    const named = found(/\b(PARAMEDIC_[A-Z_]+)\b/g, all);
    expect(named.filter((name) => !read.includes(name))).toEqual([]);
    expect(read.filter((name) => !named.includes(name))).toEqual([]);
  });

  it("is a setting of paramedic.config.ts where it is in the table of settings, and every setting is there", () => {
    const settings = defineSettings({ stage: "a", channel: "C", team: "T", services: [], approvers: [] });
    const [, table = ""] = /## Settings\n(.*?)\n## /s.exec(tree.get("docs/deploying.md") ?? "") ?? [];
    const named = found(/^\| (`[^|]+) \|/gm, table).flatMap((cell) => found(/`(\w+)`/g, cell));
    expect(named.sort()).toEqual(Object.keys(settings).sort());
  });
});
