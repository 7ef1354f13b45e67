import { Logger } from "@aws-lambda-powertools/logger";
import type { World } from "../engine/world.ts";

/** Structured logs on standard output, one JSON object a line. */
export function createLog(): World["log"] {
  const logger = new Logger({ serviceName: "paramedic" });
  return (level, message, facts = {}) => logger[level](message, facts);
}
