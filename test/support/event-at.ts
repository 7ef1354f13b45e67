import { readFileSync } from "node:fs";

/** A time as AWS writes it, also within a text: `2026-03-04T10:20:30Z`, `2026-03-04T10:20:30.989+0000`. */
const written = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+0000)/g;

/** A runbook's own event (`test/fixtures/runbooks/NAME`) as if it happened at `atMs`: every time in it moves with its own. */
export function eventAt(name: string, atMs: number): unknown {
  const text = readFileSync(new URL(`../fixtures/runbooks/${name}`, import.meta.url), "utf8");
  const times = text.match(written) ?? [];
  const own = /"time":\s*"([^"]+)"/.exec(text)?.[1] ?? times[0];
  if (own === undefined) return JSON.parse(text);
  const byMs = atMs - toMs(own);
  return JSON.parse(text.replace(written, (time) => new Date(toMs(time) + byMs).toISOString()));
}

const toMs = (time: string): number => Date.parse(time.replace("+0000", "Z"));
