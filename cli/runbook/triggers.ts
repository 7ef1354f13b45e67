import { globSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Trigger } from "../../src/runbook/trigger.ts";

/** A trigger that a runbook can be written for. */
export interface KnownTrigger {
  readonly trigger: Trigger;
  /** What its file exports it as, and where that file is in the checkout. */
  readonly name: string;
  readonly file: string;
}

/** Every trigger that a checkout has, by id. */
export async function triggersOf(checkout: string): Promise<KnownTrigger[]> {
  const files = globSync("src/runbook/triggers/*.ts", { cwd: checkout });
  const found = await Promise.all(
    files.map(async (file): Promise<KnownTrigger[]> => {
      const exported: object = await import(pathToFileURL(join(checkout, file)).href);
      return Object.entries(exported).flatMap(([name, value]: [string, unknown]) =>
        isTrigger(value) ? [{ trigger: value, name, file: file.replaceAll("\\", "/") }] : [],
      );
    }),
  );
  return found.flat().sort((a, b) => (a.trigger.id < b.trigger.id ? -1 : 1));
}

function isTrigger(value: unknown): value is Trigger {
  if (typeof value !== "object" || value === null) return false;
  const { id, title, match } = { id: undefined, title: undefined, match: undefined, ...value };
  return typeof id === "string" && typeof title === "function" && typeof match === "function";
}
