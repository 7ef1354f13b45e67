import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { main } from "../../../cli/paramedic.ts";
import { addToList } from "../../../cli/runbook/list-file.ts";
import { listRunbooks } from "../../../cli/runbook/list.ts";
import { newRunbook } from "../../../cli/runbook/new.ts";
import { runbooks } from "../../../runbooks/index.ts";
import { BotError } from "../../../src/bot-error.ts";
import { file, paper, settingsOf, spotWarning, tempDir } from "./given.ts";

const list = `import type { Runbook } from "../src/runbook/runbook.ts";
import { degrade } from "./degrade.ts";
import { spotInterruption } from "./spot-interruption.ts";

/** Every runbook of this deployment. */
export const runbooks: readonly Runbook[] = [spotInterruption, degrade];
`;
const trigger = (id: string, kind: string) => `export const onIt = {
  id: "${id}",
  title: () => "it happened",
  match: (signal: { kind: string }) => (signal.kind === "${kind}" ? { root: "alarm/it", signal } : undefined),
};
export const isIt = () => true;
`;

/** A folder that has of a checkout what a new runbook needs. */
function checkout(): string {
  const folder = tempDir();
  const files: Record<string, string> = {
    "package.json": '{ "name": "paramedic" }',
    "runbooks/index.ts": list,
    "src/runbook/triggers/spot.ts": trigger("spot", "spot-interruption"),
    "src/runbook/triggers/flood.ts": trigger("flood", "there is none"),
    "test/fixtures/events/spot.json": JSON.stringify(spotWarning("i-0b662ef9931388b01")),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Asks for a new runbook, and answers what was said and what is in the checkout then. */
async function asked(words: readonly string[], folder = checkout()) {
  const io = paper();
  const read = (path: string) =>
    existsSync(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : undefined;
  try {
    await newRunbook(words, io, { folder, settings: settingsOf(), runbooks });
    return { said: io.written.out, read };
  } catch (error) {
    if (!(error instanceof BotError)) throw error;
    expect(read("runbooks/index.ts") ?? list).toBe(list);
    return { refused: error.message, read };
  }
}

describe("a new runbook", () => {
  it("is four changes: itself, its event, its test and a word in the list", async () => {
    const { said, read } = await asked(["move-out", "--trigger", "spot"]);

    expect(read("runbooks/move-out.ts")).toContain("export const moveOut = defineRunbook({");
    expect(read("runbooks/move-out.ts")).toContain('import { onIt } from "../src/runbook/triggers/spot.ts";');
    expect(JSON.parse(read("test/fixtures/runbooks/move-out.json") ?? "")).toEqual(spotWarning("i-0b662ef9931388b01"));
    expect(read("test/scenario/move-out.test.ts")).toContain('eventAt("move-out.json", startMs)');
    expect(read("runbooks/index.ts")).toContain("[spotInterruption, degrade, moveOut];");
    expect(said).toContain("npx paramedic plan move-out --event test/fixtures/runbooks/move-out.json");
  });

  it("is told as one JSON object, with the runbook that answers before it", async () => {
    const { said } = await asked(["move-out", "--trigger", "spot", "--json"]);

    expect(JSON.parse(said ?? "")).toMatchObject({
      runbook: "move-out",
      wrote: ["runbooks/move-out.ts", expect.anything(), expect.anything(), "runbooks/index.ts"],
    });
  });

  it("takes the author's own event, and what answers to it", async () => {
    const event = spotWarning("i-0aaaaaaaaaaaaaaa1");
    const { read } = await asked(["move-out", "--event", file("mine.json", JSON.stringify(event))]);

    expect(JSON.parse(read("test/fixtures/runbooks/move-out.json") ?? "")).toEqual(event);
    expect(read("runbooks/move-out.ts")).toContain("onIt");
  });

  it("begins with an alarm that the settings name, when none of the recorded events is one for it", async () => {
    const folder = checkout();
    writeFileSync(join(folder, "src/runbook/triggers/alarm.ts"), trigger("alarm", "alarm"));
    const { read } = await asked(["look", "--trigger", "alarm"], folder);

    expect(JSON.parse(read("test/fixtures/runbooks/look.json") ?? "")).toMatchObject({
      detail: { alarmName: "chat-latency-high" },
    });
  });

  it.each([
    ["MoveOut", "such as cool-down"],
    ["move_out", "such as cool-down"],
    ["../move-out", "such as cool-down"],
    ["-out", "Unknown option"],
    ["x".repeat(41), "up to 40"],
    ["delete", "has a meaning already"],
    ["index", "has a meaning already"],
    ["degrade", "a runbook is called that, and nothing was written"],
  ])("cannot be called %s", async (id, says) => {
    expect((await asked([id, "--trigger", "spot"])).refused).toContain(says);
  });

  it("is not written over what is there", async () => {
    const folder = checkout();
    writeFileSync(join(folder, "runbooks/move-out.ts"), "mine");
    const { refused, read } = await asked(["move-out", "--trigger", "spot"], folder);

    expect(refused).toContain("runbooks/move-out.ts is there already, and nothing was written");
    expect(read("runbooks/move-out.ts")).toBe("mine");
    expect(read("test/scenario/move-out.test.ts")).toBeUndefined();
  });

  it.each<[string[], string]>([
    [[], "new: name the runbook"],
    [["a", "b"], 'one name at a time, and "b" is left over'],
    [["a", "--trigger", "spott"], "there is no trigger spott. There is: flood, spot"],
    [["a"], "say with --trigger what it answers to. There is: flood, spot"],
    [["a", "--trigger", "flood"], "is one for flood; src/runbook/triggers/flood.ts says what is.\n"],
    [["a", "--event", "nowhere.json"], "nowhere.json: there is no such file"],
  ])("is not made of %j", async (words, says) => {
    expect((await asked(words)).refused).toContain(says);
  });

  it.each([
    ["several events", '[{"a":1},{"a":2}]', "it holds several events"],
    ["a series", "timestamp,value\n2026-01-01,1\n2026-01-02,2\n", "it holds measurements"],
    ["half an event", '{"a":', "line 1"],
    ["nothing", "", "is empty"],
    ["what is no event", '{"a":1}', "no trigger answers to it"],
    ["what AWS does not send", JSON.stringify(spotWarning("some instance")), "it was read as unreadable"],
  ])("is not made of %s", async (_, text, says) => {
    expect((await asked(["a", "--event", file("mine.json", text)])).refused).toContain(says);
  });

  it("is not made of a trigger and an event that do not go together", async () => {
    const mine = file("mine.json", JSON.stringify(spotWarning("i-0aaaaaaaaaaaaaaa1")));
    expect((await asked(["a", "--trigger", "flood", "--event", mine])).refused).toContain(
      "it was read as spot-interruption, and flood does not answer to it",
    );
  });

  it("belongs in a checkout", async () => {
    const elsewhere = tempDir();
    writeFileSync(join(elsewhere, "package.json"), "not even JSON");
    expect((await asked(["a", "--trigger", "spot"], elsewhere)).refused).toContain("is not in a checkout of Paramedic");
  });

  it("says when another runbook would answer first", async () => {
    const folder = checkout();
    writeFileSync(
      join(folder, "src/runbook/triggers/spot.ts"),
      trigger("spot-interruption-warning", "spot-interruption"),
    );
    const { said } = await asked(["move-out", "--trigger", "spot-interruption-warning"], folder);

    expect(said).toContain("spot-interruption answers to spot-interruption-warning too");
  });
});

describe("the list of runbooks", () => {
  it("gets a new one in its place among the imports, and at the end", () => {
    expect(addToList(list, { file: "move-out.ts", name: "moveOut" })).toBe(
      list
        .replace("import { spotI", 'import { moveOut } from "./move-out.ts";\nimport { spotI')
        .replace("degrade];", "degrade, moveOut];"),
    );
    expect(addToList(list, { file: "zoo.ts", name: "zoo" })).toContain(
      'spot-interruption.ts";\nimport { zoo } from "./zoo.ts";\n\n/**',
    );
  });

  it("is broken over lines when it gets too long for one, and stays so", () => {
    const name = "a".repeat(50);
    const long = addToList(list, { file: `${name}.ts`, name });
    expect(long).toContain(`= [\n  spotInterruption,\n  degrade,\n  ${name},\n];`);
    expect(addToList(long, { file: "b.ts", name: "b" })).toContain(`  ${name},\n  b,\n];`);
  });

  it("holds every runbook that was ever added to it, in that order, under an import that stands in its place", () => {
    const name = fc.stringMatching(/^[a-z]{3,30}$/).map((letters) => `x${letters}`);
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 12 }), (names) => {
        const text = names.reduce((so, name) => addToList(so, { file: `${name}.ts`, name }), list);
        const paths = [...text.matchAll(/from "(\.\/[^"]+)"/g)].map(([, path = ""]) => path);

        expect(paths).toEqual([...paths].sort());
        expect(
          /= \[([^\]]*)\];\n$/
            .exec(text)?.[1]
            ?.split(",")
            .map((one) => one.trim())
            .filter(Boolean),
        ).toEqual(["spotInterruption", "degrade", ...names]);
        expect(Math.max(...text.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(120);
      }),
      { seed: 9, numRuns: 200 },
    );
  });

  it("is left alone when it does not look as expected", () => {
    expect(() => addToList("export default [];", { file: "b.ts", name: "b" })).toThrow(
      'It wants to have: import { b } from "./b.ts"; and b in its list.',
    );
  });

  it("is shown as a table, and as one JSON object", async () => {
    const { written, ...io } = paper();
    await listRunbooks([], { ...io, out: (text) => void (written.out += text) }, { runbooks, settings: settingsOf() });
    const [head = "", ...rows] = written.out.trimEnd().split("\n");
    expect(head).toMatch(/^RUNBOOK +LANE +TRIGGERS +LIMIT +ACTIONS +AUTONOMY$/);
    const column = head.indexOf("LIMIT");
    expect(rows.find((row) => row.startsWith("degrade"))?.slice(column)).toMatch(/^4 in 1 h +level\.set +approve$/);

    const json = paper();
    await listRunbooks(["--json"], json, { runbooks, settings: settingsOf({ autonomy: {} }) });
    const read = z.object({ runbooks: z.array(z.object({ id: z.string(), autonomy: z.string() })) });
    expect(read.parse(JSON.parse(json.written.out)).runbooks).toContainEqual({ id: "degrade", autonomy: "observe" });
  });
});

it.each<[string[], number, string]>([
  [["runbook", "--help"], 0, "paramedic runbook new NAME"],
  [["runbook", "new", "--help"], 0, "paramedic runbook new NAME"],
  [["runbook"], 2, "say new or list"],
  [["runbook", "now"], 2, '"now" is neither new nor list'],
  [["runbook", "list", "all"], 2, '"all" is left over'],
  [["runbook", "list", "--jsn"], 2, "Unknown option '--jsn'"],
])("answers %j with %i and a word", async (words, exit, says) => {
  const io = paper();
  expect(await main(words, io)).toBe(exit);
  expect(io.written.out + io.written.err).toContain(says);
});
