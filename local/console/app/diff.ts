import type { Json } from "../../../src/json.ts";

/** More than this nobody reads in a line. */
const leavesMax = 8;

/** What a JSON value says, leaf by leaf, in a line: `status ACTIVE · version 3`. Empty when it says nothing. */
export function saidBy(value: Json): string {
  const leaves = leavesOf(value, "");
  const rest = leaves.length - leavesMax;
  return [...leaves.slice(0, leavesMax), ...(rest > 0 ? [`and ${rest} more`] : [])].join(" · ");
}

function leavesOf(value: Json, name: string): string[] {
  if (value === null) return name === "" ? [] : [`${name} none`];
  if (typeof value !== "object") return [`${name} ${String(value)}`.trim()];
  if (Array.isArray(value)) {
    const simple = value.every((one) => typeof one !== "object");
    if (simple) return [`${name} ${value.join(", ") || "none"}`.trim()];
    return value.flatMap((one, index) => leavesOf(one, `${name} ${index + 1}`.trim()));
  }
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${name} ${key}`.trim()));
}
