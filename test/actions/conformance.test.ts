import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Aws } from "../../src/aws/clients.ts";
import { defineAction } from "../../src/runbook/action.ts";
import { root } from "../repo/tree.ts";
import type { ActionCase } from "./action-case.ts";
import { setLevelCase } from "./cases/set-level.ts";
import { rehearse } from "./rehearse.ts";
import type { Seen } from "./seen.ts";
import { putInto, tablesOf, type Told } from "./table.ts";
import { around, onTheWay, promisesKept } from "./troubles.ts";

const cases = (await exportsOf("test/actions/cases"))
  .filter(isCase)
  .toSorted((a, b) => (a.action.id < b.action.id ? -1 : 1));

it("every action is rehearsed, once", async () => {
  const actions = (await exportsOf("src/actions")).filter(isAction);
  expect(cases.map(({ action }) => action.id)).toEqual(actions.map(({ id }) => id).sort());
});

describe.each(cases)("$action.id", (one) => {
  it.each([...onTheWay, ...around])("keeps its promises when the trouble is: $name", async (trouble) => {
    const seen = await told(one, trouble);
    if ("cannot" in seen) return;
    promisesKept(seen);
    trouble.holds(seen);
  });
});

it("docs/safety.md says what becomes of every action in every trouble", async () => {
  const path = join(root, "docs/safety.md");
  const page = readFileSync(path, "utf8");
  const now = putInto(page, await tablesOf(cases, told));
  if (process.env["UPDATE_DOCS"]) writeFileSync(path, now);
  else expect(page, "run `UPDATE_DOCS=1 npx vitest run test/actions`, and read what has changed").toBe(now);
});

describe("an action that is careless", () => {
  const name = "/paramedic/level/chat";
  const put = (aws: Aws, Value: string) =>
    aws.ssm.send(new PutParameterCommand({ Name: name, Value, Overwrite: true }));
  const careless = defineAction({
    id: "level.careless",
    summary: () => "sets a level",
    params: z.object({}),
    permissions: ["ssm:PutParameter"],
    touches: () => [],
    do: async ({ aws, now }) => ({ version: (await put(aws, `{"level":"limited","since":${now}}`)).Version ?? 0 }),
    probe: () => Promise.resolve({ applied: false }),
    undo: async ({ aws }) => void (await put(aws, "full")),
  });
  const one: ActionCase = { ...setLevelCase, action: careless };

  it.each([
    ["answer lost", "changes made"],
    ["no answer", "the target is as it was"],
    ["ended from outside after it", "the target is as it was"],
    ["changed by others since", "their change stands"],
  ])("is found wanting when the trouble is: %s", async (name, why) => {
    const trouble = [...onTheWay, ...around].find((known) => known.name === name);
    if (!trouble) throw new Error(`no such trouble: ${name}`);
    const seen = await rehearse(one, trouble);
    if ("cannot" in seen) throw new Error(seen.cannot);
    expect(() => {
      promisesKept(seen);
      trouble.holds(seen);
    }).toThrow(why);
  });
});

/** Each rehearsal is played once, for its promises and for the table. */
function told(...[one, trouble]: Parameters<Told>): ReturnType<Told> {
  const name = `${one.action.id} ${trouble.name}`;
  const playing = played.get(name) ?? rehearse(one, trouble);
  played.set(name, playing);
  return playing;
}
const played = new Map<string, Promise<Seen | { readonly cannot: string }>>();

async function exportsOf(folder: string): Promise<unknown[]> {
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith(".ts"));
  const modules: object[] = await Promise.all(files.map((name) => import(join(root, folder, name))));
  return modules.flatMap((module) => Object.values(module));
}

function isCase(found: unknown): found is ActionCase {
  return typeof found === "object" && found !== null && "action" in found && "rehearse" in found;
}

function isAction(found: unknown): found is ActionCase["action"] {
  return typeof found === "function" && "kind" in found && found.kind === "action";
}
