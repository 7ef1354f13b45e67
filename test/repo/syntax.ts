import { parseAst } from "vitest/node";

/** A node of a syntax tree (ESTree with TypeScript), as far as these tests look into it. */
export interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

/**
 * Every node of a file, from the outside in.
 *
 * TypeScript 7 has no API to ask, so this is the parser that vitest itself transforms our files with (oxc): types are in
 * the tree, and neither a comment nor a text can look like code.
 *
 * @throws an error that names the file, when it is not TypeScript.
 */
export function nodesOf(path: string, text: string): Node[] {
  const nodes: Node[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const inner of value) walk(inner);
    if (!isNode(value)) return;
    nodes.push(value);
    for (const inner of Object.values(value)) walk(inner);
  };
  try {
    walk(parseAst(text, { lang: path.endsWith("x") ? "tsx" : "ts" }));
  } catch (error) {
    throw new Error(`parsing ${path}`, { cause: error });
  }
  return nodes;
}

/** What a node takes from its surroundings, by name: `Date.now`, `fetch`, or `new Date()` if it is made of nothing. */
export function globalOf(node: Node): string | undefined {
  if (node.type === "MemberExpression") return nameOf(node);
  if (node.type === "CallExpression") return nameOf(node.callee);
  const isMadeOfNothing = node.type === "NewExpression" && Array.isArray(node.arguments) && node.arguments.length === 0;
  return isMadeOfNothing ? `new ${nameOf(node.callee)}()` : undefined;
}

/** The name of an identifier, or `a.b` for a property of one. */
function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "Identifier" && typeof node.name === "string") return node.name;
  if (node.type !== "MemberExpression" || node.computed === true) return undefined;
  return `${nameOf(node.object)}.${nameOf(node.property)}`;
}

/** The text of a literal; `undefined` when it is something else. */
export const textOf = (node: unknown): string | undefined =>
  isNode(node) && node.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
