import { expect, it } from "vitest";
import { readOptions } from "../../../local/options.ts";

it("starts on port 4600 and keeps its data in .paramedic unless told otherwise", () => {
  expect(readOptions([])).toEqual({ port: 4600, data: ".paramedic", fresh: false, speed: 1, help: false });
});

it.each([
  [["--port", "eighty"], '--port takes a whole number from 0 to 65535, not "eighty"'],
  [["--port", "99999"], '--port takes a whole number from 0 to 65535, not "99999"'],
  [["--port", "80.5"], '--port takes a whole number from 0 to 65535, not "80.5"'],
  [["--speed", "0"], '--speed takes a number from 0.1 to 100, not "0"'],
  [["--speed", "fast"], '--speed takes a number from 0.1 to 100, not "fast"'],
  [["--prot", "1"], "Unknown option '--prot'"],
  [["4600"], "Unexpected argument '4600'"],
])("refuses %j and says why", (args, why) => {
  expect(() => readOptions(args)).toThrow(why);
});
