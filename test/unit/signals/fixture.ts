import { readFileSync } from "node:fs";

/** The text of an event as it would arrive: the shape of AWS's own documentation, with our values. */
export function textOf(name: string): string {
  return readFileSync(new URL(`../../fixtures/events/${name}`, import.meta.url), "utf8");
}

type Tree = { [key: string]: Tree };

/** An event to take apart: a fresh copy each time, so that a test may change it. */
export function eventOf(name: string): Tree {
  return JSON.parse(textOf(name)) as Tree;
}

/** A copy of the event with the value at a path (`detail.state.value`) set, or removed when `undefined`. */
export function changed(name: string, path: string, value: unknown): unknown {
  const event = eventOf(name);
  const keys = path.split(".");
  const last = keys.pop()!;
  const parent: Record<string, unknown> = keys.reduce((node, key) => node[key]!, event);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return event;
}
