import { expect, it } from "vitest";
import { chainFrom, copiesOf, growthsOf, nextName } from "../../../src/policies/copies.ts";

const copy = { "paramedic:copy": "1" };

it("a copy has the name of its job with a number, and so has the copy of a copy", () => {
  expect(nextName("embed-1", {}, 128)).toBe("embed-1-r1");
  expect(nextName("embed-1-r1", copy, 128)).toBe("embed-1-r2");
  expect(nextName("embed-1-r9", { "paramedic:copy": "9" }, 128)).toBe("embed-1-r10");
});

it("a number that a person has put there is part of the name", () => {
  expect(nextName("embed-r7", {}, 128)).toBe("embed-r7-r1");
});

it("a name is as long as the service allows", () => {
  expect(nextName("x".repeat(63), {}, 63)).toBe(`${"x".repeat(60)}-r1`);
});

it("what cannot be read as a number of copies is none", () => {
  expect(copiesOf({ "paramedic:copy": "many" })).toBe(0);
  expect(copiesOf(copy)).toBe(1);
  expect(growthsOf({ "paramedic:grown": "2" })).toBe(2);
});

it("the copies that may follow a copy are known by name", () => {
  expect(chainFrom("embed-1")).toEqual(["embed-1"]);
  expect(chainFrom("embed-1-r2")).toEqual(["embed-1-r2", "embed-1-r3", "embed-1-r4", "embed-1-r5"]);
});
