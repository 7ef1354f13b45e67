import { LambdaClient } from "@aws-sdk/client-lambda";
import { systemClock } from "../clock.ts";
import type { Receiving } from "../engine/world.ts";
import { createIncidents } from "../incidents/incidents.ts";
import { createStories } from "../incidents/story.ts";
import type { Settings } from "../settings.ts";
import { createDynamo, reading } from "./calls.ts";
import { readEnvironment, receivingEnvironment } from "./environment.ts";
import { lambdaExecutions } from "./executions.ts";
import { lineLog } from "./log-line.ts";
import { dynamoTable } from "./table.ts";

/** What a function that takes events in is made of besides AWS. */
export interface Urgent {
  readonly runbooks: Receiving["runbooks"];
  readonly settings: Settings;
}

/**
 * The world of the fast lane: the table and the start of executions, and nothing that could change the account. Fewer
 * clients, no detectors, and no look at the runbooks, which packaging and those who act have: it must be quick from cold.
 */
export function urgentWorld(env: NodeJS.ProcessEnv, { runbooks, settings }: Urgent): Receiving {
  const { PARAMEDIC_TABLE, PARAMEDIC_REMEDIATE } = readEnvironment(env, receivingEnvironment);
  const [table, clock] = [dynamoTable(createDynamo(), PARAMEDIC_TABLE), systemClock];
  return {
    settings,
    runbooks,
    clock,
    table,
    incidents: createIncidents(table, clock),
    stories: createStories(table, clock),
    executions: lambdaExecutions(new LambdaClient(reading), PARAMEDIC_REMEDIATE),
    log: lineLog(env),
  };
}
