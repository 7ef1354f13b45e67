/** Rows under a head, each column as wide as what is in it. The last column is not padded, so that it may be long. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head.map((name) => name.toUpperCase()), ...rows];
  const widths = head.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  return all
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** A moment as a terminal shows it: the day and the second, in UTC. */
export const moment = (at: number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");
