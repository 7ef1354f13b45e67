import { isDefined, type Runbook } from "../../src/runbook/runbook.ts";
import { looks } from "./read-only.ts";

/** The operations of AWS that actions change things with, by the id of the action. */
export function operationsOf(runbooks: readonly Runbook[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { definition } of runbooks) {
    for (const usable of definition.uses.filter(isDefined)) {
      if (usable.kind !== "action") continue;
      found.set(
        usable.id,
        usable.definition.permissions.filter((permission) => !looks.test(permission.split(":")[1] ?? "")),
      );
    }
  }
  return found;
}
