import type { Runbook } from "../../src/runbook/runbook.ts";
import type { Settings } from "../../src/settings.ts";
import type { Story } from "../replay/bot.ts";
import { type Paint, storyLines } from "../replay/report.ts";
import { storyToJson } from "../replay/told.ts";
import type { GateSeen } from "./gates.ts";
import type { Needed } from "./permissions.ts";

/** What a dry run has found. */
export interface Found {
  readonly runbook: Runbook;
  readonly story: Story;
  readonly gates: readonly GateSeen[];
  readonly permissions: readonly Needed[];
}

/** Longer lists are for `--json`. What any runbook may look at is one, and the same for each. */
const shownMax = 8;

/** What was found, for people. */
export function planReport({ story, gates, permissions }: Found, settings: Settings, paint: Paint): string {
  const section = (title: string, rows: readonly (readonly [string, string])[]): string[] => {
    const width = Math.max(...rows.map(([name]) => name.length));
    return [paint("bold", title), ...rows.map(([name, says]) => `  ${name.padEnd(width)}  ${says}`), ""];
  };
  return [
    ...storyLines(story, settings, paint),
    ...section(
      "Gates",
      gates.map(({ gate, says }) => [gate, says]),
    ),
    ...section(
      "Permissions",
      permissions.map(({ by, permissions }) => [
        by,
        permissions.length <= shownMax ? permissions.join(" ") : `${permissions.length} operations; --json lists them`,
      ]),
    ),
    "Nothing was changed.",
    "",
  ].join("\n");
}

/** What was found, as `--json` prints it. Fields stay; others may join them. */
export function planToJson({ runbook, story, gates, permissions }: Found) {
  return { runbook: runbook.id, incident: storyToJson(story), gates, permissions };
}
