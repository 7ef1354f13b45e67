/** What is to be reached, and what was. */
export interface Goal {
  readonly what: string;
  readonly reached: number;
  readonly bound: "at least" | "at most";
  readonly wanted: number;
}

export const isReached = ({ reached, bound, wanted }: Goal): boolean =>
  bound === "at least" ? reached >= wanted : reached <= wanted;

/** The goals as a table for people, one line each. */
export function goalTable(goals: readonly Goal[]): string[] {
  const short = (x: number) => String(Number(x.toPrecision(4)));
  const rows = goals.map((goal) => [
    goal.what,
    short(goal.reached),
    `${goal.bound} ${short(goal.wanted)}`,
    isReached(goal) ? "yes" : "no",
  ]);
  const all = [["", "reached", "wanted", "there"], ...rows];
  const wide = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(wide[column]!))
      .join("  ")
      .trimEnd(),
  );
}
