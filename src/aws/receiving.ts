import { LambdaClient } from "@aws-sdk/client-lambda";
import { systemClock } from "../clock.ts";
import { checkRunbooks } from "../engine/check-runbooks.ts";
import type { Receiving } from "../engine/world.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Settings } from "../settings.ts";
import { createDynamo, reading } from "./clients.ts";
import { createLog, readEnvironment, receivingEnvironment } from "./environment.ts";
import { lambdaExecutions } from "./executions.ts";
import { storesOf } from "./stores.ts";
import { dynamoTable } from "./table.ts";

/**
 * The world of the functions that take events in: the table and the start of executions, and nothing that could change the
 * account. Fewer clients, because these functions are the ones that must be quick from cold.
 */
export function receivingWorld(
  env: NodeJS.ProcessEnv,
  { runbooks, settings }: { runbooks: readonly Runbook[]; settings: Settings },
): Receiving {
  const { PARAMEDIC_TABLE, PARAMEDIC_REMEDIATE } = readEnvironment(env, receivingEnvironment);
  return {
    ...storesOf(dynamoTable(createDynamo(), PARAMEDIC_TABLE), systemClock, settings),
    runbooks: checkRunbooks(runbooks, settings),
    executions: lambdaExecutions(new LambdaClient(reading), PARAMEDIC_REMEDIATE),
    log: createLog(),
  };
}
