import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { systemClock } from "../clock.ts";
import { createDetectors } from "../engine/detectors.ts";
import type { Learning } from "../engine/refit.ts";
import { createIncidents } from "../incidents/incidents.ts";
import type { Settings } from "../settings.ts";
import { createDynamo, reading } from "./calls.ts";
import { readEnvironment, receivingEnvironment } from "./environment.ts";
import { lineLog } from "./log-line.ts";
import { metricLook } from "./look/metric.ts";
import { s3ModelStore } from "./model-store.ts";
import { dynamoTable } from "./table.ts";

/**
 * The world of the function that learns: it reads the past, and changes nothing but models and its own table.
 *
 * @throws BotError `bad_setting`, naming the environment variables that are missing.
 */
export function learningWorld(env: NodeJS.ProcessEnv, settings: Settings): Learning {
  const { PARAMEDIC_TABLE } = receivingEnvironment;
  const names = readEnvironment(env, { PARAMEDIC_TABLE, PARAMEDIC_MODELS: z.string().min(1) });
  const [table, clock] = [dynamoTable(createDynamo(), names.PARAMEDIC_TABLE), systemClock];
  // Two weeks of minutes are 20,000 values, which take longer than most answers.
  const requestHandler = { ...reading.requestHandler, requestTimeout: 30_000 };
  const past = metricLook({ cloudwatch: new CloudWatchClient({ ...reading, requestHandler }), clock });
  return {
    settings,
    clock,
    table,
    incidents: createIncidents(table, clock),
    detectors: createDetectors(table),
    models: s3ModelStore(names.PARAMEDIC_MODELS, new S3Client(reading)),
    metric: (metric, window) => past.metric(metric, window),
    log: lineLog(env),
  };
}
