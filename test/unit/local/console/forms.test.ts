import { describe, expect, it } from "vitest";
import { saidBy } from "../../../../local/console/app/diff.ts";
import { readField } from "../../../../local/console/app/fields.ts";
import { degrade } from "../../../../runbooks/degrade.ts";
import { denyForm, undoForm } from "../../../../src/slack/forms.ts";
import { haltForm } from "../../../../src/slack/halt-form.ts";
import { overrideForm } from "../../../../src/slack/override-form.ts";
import { degradation } from "../../../support/console/incidents.ts";

describe("a form in the console", () => {
  const plan = degradation.plan ?? expect.fail("it has no plan");

  it.each([
    ["deny", denyForm({ id: "a" }, "title"), ["why"]],
    ["undo", undoForm({ id: "a" }, "title"), ["why"]],
    ["halt", haltForm(degradation), ["scope", "length", "why"]],
    ["override", overrideForm(degrade, plan, { id: "a" }), ["lease", "why"]],
  ])("has every field of the form %s", (_, { blocks }, fields) => {
    const inputs = blocks.filter(({ type }) => type === "input");
    expect(inputs.map(readField).map((field) => field?.block)).toEqual(fields);
  });

  it("knows what has to be filled in, and what can be chosen", () => {
    const [, scope] = haltForm(degradation).blocks;
    expect(readField(scope)).toMatchObject({
      kind: "one",
      isNeeded: true,
      label: "What?",
      options: expect.arrayContaining([{ value: "everything", label: "everything" }]),
    });
  });

  it.each([null, "x", { type: "section" }, { type: "input", block_id: "a", element: { type: "datepicker" } }])(
    "has no field for %j",
    (block) => {
      expect(readField(block)).toBeUndefined();
    },
  );
});

describe("what a state says", () => {
  it.each([
    [null, ""],
    [{ status: "ACTIVE", version: 3 }, "status ACTIVE · version 3"],
    [{ launched: ["i-1", "i-2"], failed: [] }, "launched i-1, i-2 · failed none"],
    [{ was: { text: null } }, "was text none"],
    [Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`a${i}`, i])), expect.stringMatching(/and 2 more$/)],
  ])("of %j is %s", (value, words) => {
    expect(saidBy(value)).toEqual(words);
  });
});
