import { z } from "zod";
import type { Incident } from "../incidents/incident.ts";
import type { Line } from "../incidents/story.ts";
import { code, fold, foreign } from "./text.ts";

/** What a signal may say about itself, whatever kind it is: the detector's reason, or CloudWatch's, and how sure. */
const said = z.object({
  why: z.string().optional(),
  reason: z.string().optional(),
  /** The detector's: 0 or more, and 1 is a clear incident if it lasts. */
  severity: z.number().nonnegative().optional(),
});

/** Why the bot believes that something is wrong, and how sure it is; `undefined` when the signal says neither. */
export function reasonInWords({ signal }: Incident): string | undefined {
  const { why, reason, severity } = said.safeParse(signal).data ?? {};
  const words = why ?? reason;
  const lines = [
    words === undefined ? [] : foreign(words, 600),
    severity === undefined ? [] : `Severity ${severity.toPrecision(2)}, where 1 is a clear incident`,
  ].flat();
  return lines.length === 0 ? undefined : `*Why*\n${lines.join("\n")}`;
}

/** The stories of incidents say what else was heard under keys such as `also ecs-task`. */
const also = /^also (\S+)$/;

/** Which signals carried it: what opened the incident, how often it came, and what else was heard about the same thing. */
export function carriedBy({ trigger, seen }: Incident, story: readonly Line[]): string {
  const others = story.flatMap(({ key }) => also.exec(key)?.[1] ?? []).map((kind) => code(kind, 60));
  const rest = fold(others, { linesMax: 5, charsMax: 400, separator: ", " }, (from) => `${others.length - from} more`);
  return `${code(trigger, 100)}, seen ${seen === 1 ? "once" : `${seen} times`}${rest && `; also ${rest}`}`;
}
