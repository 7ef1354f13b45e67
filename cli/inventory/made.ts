import type { Packaged } from "../packaged.ts";

/** Something that the stack makes. */
export interface Made {
  readonly type: string;
  /** Its name in the account as far as the template says it, else its name in the template. */
  readonly name: string;
  /** Removing the stack leaves it in the account. */
  readonly staysBehind: boolean;
}

/** What names things, by the property that does. */
const nameOf = (properties: Packaged["properties"]): string | undefined => {
  for (const [key, value] of Object.entries(properties))
    if (/^(Function|Table|Queue|Topic|Alarm|Dashboard|LogGroup|Bucket)?Name$/.test(key) && typeof value === "string")
      return value;
  return undefined;
};

/** Everything that a packaged stack makes, by type and then by name. */
export const madeBy = (stack: readonly Packaged[]): Made[] =>
  stack
    .map(({ id, type, properties, retained }) => ({ type, name: nameOf(properties) ?? id, staysBehind: retained }))
    .toSorted((a, b) => a.type.localeCompare(b.type) || a.name.localeCompare(b.name));
