import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { newRunbook } from "../../cli/runbook/new.ts";
import { triggersOf } from "../../cli/runbook/triggers.ts";
import settings from "../../paramedic.config.ts";
import { BotError } from "../../src/bot-error.ts";
import { author } from "../support/author.ts";
import { paper } from "../unit/cli/given.ts";
import { root } from "./tree.ts";

const page = readFileSync(join(root, "docs/writing-a-runbook.md"), "utf8");
const alex = author();
afterAll(() => alex.remove());

const fence = /^```(.*)\n([^]*?)^```$/gm;
const blocks = [...page.matchAll(fence)].map(([, info = "", text = ""]) => ({ info, text }));
/** Where a block that is a file belongs: the fence says it. */
const fileOf = (info: string): string | undefined => /^ts ([\w/.-]+)$/.exec(info)?.[1];

it("every block of the page is a command, what it prints, or a file", () => {
  expect(blocks.filter(({ info }) => info !== "sh" && info !== "text" && !fileOf(info))).toEqual([]);
  expect(blocks.length).toBeGreaterThan(5);
});

/** How wide a column is depends on what else is in it. */
const squeezed = (text: string): string => text.replace(/ +/g, " ");

it("an author who follows the page gets what it says", { timeout: 120_000 }, async () => {
  let printed = "";
  for (const { info, text } of blocks) {
    const file = fileOf(info);
    if (file) alex.write(file, text);
    else if (info === "sh") printed = await alex.run(text);
    else for (const line of text.trimEnd().split("\n")) expect(squeezed(printed)).toContain(squeezed(line));
  }
});

it(
  "whatever it answers to, a new runbook is in order: what is generated, and what is on the page",
  {
    timeout: 120_000,
  },
  async () => {
    const written: string[] = ["runbooks/index.ts"];
    for (const { trigger } of await triggersOf(alex.checkout)) {
      const id = `on-${trigger.id}`;
      try {
        await newRunbook([id, "--trigger", trigger.id], paper(), { folder: alex.checkout, settings, runbooks: [] });
        written.push(`runbooks/${id}.ts`, `test/scenario/${id}.test.ts`);
      } catch (error) {
        if (!(error instanceof BotError)) throw error;
        expect(error.message).toContain("--event FILE");
      }
    }

    await alex.run("npx vitest run test/scenario/on-spot-interruption-warning.test.ts");
    expect(await alex.check([...written, ...blocks.flatMap(({ info }) => fileOf(info) ?? [])])).toEqual([]);
  },
);
