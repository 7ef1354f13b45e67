import * as fc from "fast-check";
import { expect, it } from "vitest";
import { type Document, readDocuments } from "../../../cli/replay/documents.ts";
import { findJsonFault } from "../../../cli/replay/json-fault.ts";

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

it("finds a place in every text that JSON.parse refuses, and in no other", () => {
  const broken = fc.tuple(
    fc.json(),
    fc.nat(),
    fc.nat(2),
    fc.constantFrom("", '"', "{", "]", ",", ":", "'", "1", "\n", "tru", "\\"),
  );
  fc.assert(
    fc.property(broken, ([json, at, length, insert]) => {
      const from = at % (json.length + 1);
      const text = json.slice(0, from) + insert + json.slice(from + length);
      const fault = findJsonFault(text);
      expect(fault.what === "no JSON").toBe(isJson(text));
      expect(fault.at).toBeLessThanOrEqual(text.length);
      // Nothing before the place is to blame: what follows it decides.
      if (!isJson(text)) expect(findJsonFault(text.slice(0, fault.at)).at).toBeLessThanOrEqual(fault.at);
    }),
    { numRuns: 2_000, seed: 20261122 },
  );
});

async function* linesOf(text: string) {
  for (const [index, line] of text.split("\n").entries()) yield { text: line, number: index + 1 };
}

async function documentsOf(text: string): Promise<Document[]> {
  const found: Document[] = [];
  for await (const document of readDocuments("a.json", linesOf(text))) found.push(document);
  return found;
}

it("finds every text of a file and its line, however each is printed", async () => {
  const printed = fc.record({
    value: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())),
    indent: fc.constantFrom(0, 2, 4),
    blank: fc.nat(2),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(printed, { maxLength: 6 }), async (texts) => {
      const expected: { line: number; value: unknown }[] = [];
      let file = "";
      for (const { value, indent, blank } of texts) {
        file += "\n".repeat(blank);
        const text = JSON.stringify(value, null, indent);
        expected.push({ line: file.split("\n").length, value: JSON.parse(text) });
        file += `${text}\n`;
      }
      const found = await documentsOf(file);
      expect(found.map((one) => (one.kind === "value" ? { line: one.line, value: one.value } : one))).toEqual(expected);
    }),
    { numRuns: 500, seed: 20261122 },
  );
});

it("reads what is indented by nothing", async () => {
  const text = '{\n"a": [\n{\n"b": 1\n},\n{}\n]\n}\n{"c":2}';

  expect(await documentsOf(text)).toMatchObject([{ line: 1 }, { line: 9, value: { c: 2 } }]);
});
