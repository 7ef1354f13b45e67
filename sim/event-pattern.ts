import { z } from "zod";

/** What a pattern says of one field: that it is one of these values, or what a matcher such as `prefix` says of it. */
const matcher = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.strictObject({ prefix: z.string() }),
  z.strictObject({ "anything-but": z.union([z.array(z.string()), z.strictObject({ prefix: z.string() })]) }),
  z.strictObject({ exists: z.boolean() }),
]);
type Matcher = z.infer<typeof matcher>;
const object = z.record(z.string(), z.unknown());

/**
 * Whether EventBridge would let an event through: as much of its pattern language as our rules use.
 *
 * @throws ZodError on a pattern that uses more, because a part that is not understood would hold for everything.
 */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  const read = object.safeParse(event);
  return Object.entries(object.parse(pattern)).every(([field, wanted]) => {
    const found = read.data?.[field];
    if (!Array.isArray(wanted)) return matchesPattern(wanted, found);
    // A list in an event matches when one of its values does.
    const values: unknown[] = Array.isArray(found) ? found : [found];
    const matchers = z.array(matcher).min(1).parse(wanted);
    return values.some((value) => matchers.some((one) => holds(one, value)));
  });
}

function holds(one: Matcher, value: unknown): boolean {
  if (typeof one !== "object" || one === null) return value === one;
  if ("exists" in one) return (value !== undefined) === one.exists;
  if ("prefix" in one) return typeof value === "string" && value.startsWith(one.prefix);
  const not = one["anything-but"];
  if (typeof value !== "string") return value !== undefined;
  return Array.isArray(not) ? !not.includes(value) : !value.startsWith(not.prefix);
}
