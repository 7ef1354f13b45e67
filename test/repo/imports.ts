import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { isCode, type Tree } from "./tree.ts";
import { nodesOf, textOf } from "./syntax.ts";

/** One file naming another file, a package or a part of Node. */
export interface Import {
  readonly from: string;
  /** As it is written. Empty when it is computed, so that nobody can say what it names. */
  readonly written: string;
  readonly to:
    | { readonly kind: "file" | "package" | "builtin"; readonly name: string }
    | { readonly kind: "computed"; readonly name: "" };
}

/** Static, dynamic and type imports, re-exports included: what a type is imported from is depended on too. */
const naming: Readonly<Record<string, string>> = {
  ImportDeclaration: "source",
  ExportNamedDeclaration: "source",
  ExportAllDeclaration: "source",
  ImportExpression: "source",
  TSImportType: "source",
};

/** Everything the code of a tree imports. */
export function importsOf(tree: Tree): Import[] {
  return [...tree].filter(([path]) => isCode(path)).flatMap(([path, text]) => importsOfFile(path, text));
}

function importsOfFile(from: string, text: string): Import[] {
  return nodesOf(from, text).flatMap((node): Import[] => {
    const field = naming[node.type];
    const source = field === undefined ? undefined : node[field];
    // `export const` names nothing.
    if (!source) return [];
    const written = textOf(source);
    if (written === undefined) return [{ from, written: "", to: { kind: "computed", name: "" } }];
    return [{ from, written, to: toTarget(from, written) }];
  });
}

function toTarget(from: string, written: string): Import["to"] {
  if (written.startsWith(".")) return { kind: "file", name: posix.join(posix.dirname(from), written) };
  if (isBuiltin(written)) return { kind: "builtin", name: written };
  const parts = written.split("/");
  return { kind: "package", name: parts.slice(0, written.startsWith("@") ? 2 : 1).join("/") };
}

/** Every circle of files that import each other, as the way round it. */
export function circles(imports: readonly Import[]): string[] {
  const next = Map.groupBy(
    imports.filter(({ to }) => to.kind === "file"),
    ({ from }) => from,
  );
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) {
      found.add([...way.slice(way.indexOf(path)), path].join(" → "));
      return;
    }
    if (done.has(path)) return;
    for (const { to } of next.get(path) ?? []) visit(to.name, [...way, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return [...found];
}
