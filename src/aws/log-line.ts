import { systemClock } from "../clock.ts";
import type { World } from "../engine/world.ts";

const levels = { info: "INFO", warn: "WARN", error: "ERROR" } as const;

/**
 * Logs as the other functions do, one JSON object a line with the same keys, without the twenty kilobytes of their logger:
 * for the functions that must be quick from cold. `POWERTOOLS_LOG_LEVEL=SILENT` silences both.
 */
export function lineLog(env: NodeJS.ProcessEnv): World["log"] {
  if (env["POWERTOOLS_LOG_LEVEL"] === "SILENT") return () => {};
  return (level, message, facts = {}) => {
    const timestamp = new Date(systemClock.now()).toISOString();
    const line = { ...facts, level: levels[level], message, timestamp, service: "paramedic", ...traceOf(env) };
    process.stdout.write(`${JSON.stringify(line, inWords)}\n`);
  };
}

/** Where X-Ray records the run, which trace it is of: the runtime says so anew for every run. */
function traceOf({ _X_AMZN_TRACE_ID: header = "" }: NodeJS.ProcessEnv): { xray_trace_id?: string } {
  const [, xray_trace_id] = /Root=([^;]+).*Sampled=1/.exec(header) ?? [];
  return xray_trace_id === undefined ? {} : { xray_trace_id };
}

/** JSON says nothing of an error; people want to know which it was. */
const inWords = (_: string, value: unknown): unknown =>
  value instanceof Error ? { name: value.name, message: value.message, stack: value.stack, cause: value.cause } : value;
