import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { memoryTable } from "../../sim/memory-table.ts";
import { createAws, createDynamo, reading } from "../../src/aws/clients.ts";
import { createInFlight } from "../../src/aws/in-flight.ts";
import { awsLook } from "../../src/aws/look.ts";
import { closedCalendar, readHalts } from "../../src/aws/switches.ts";
import { dynamoTable } from "../../src/aws/table.ts";
import { systemClock as clock } from "../../src/clock.ts";
import { createDetectors } from "../../src/engine/detectors.ts";
import type { Settings } from "../../src/settings.ts";
import type { Estate } from "../replay/estate.ts";
import { allReadOnly, readOnly } from "../replay/read-only.ts";

/**
 * What `AWS_ENDPOINT_URL` names, as it is now, to be looked at and not touched: its clients refuse whatever does not merely
 * look. With `PARAMEDIC_TABLE` the bot's table there says what is in flight; `PARAMEDIC_PROTOCOL=json` is for the simulated
 * AWS, which speaks nothing else.
 */
export async function accountEstate(env: NodeJS.ProcessEnv, settings: Settings): Promise<Estate> {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region = "us-east-1", PARAMEDIC_TABLE, PARAMEDIC_PROTOCOL } = env;
  const at = { ...reading, region, ...(endpoint !== undefined && { endpoint }) };
  const json = PARAMEDIC_PROTOCOL === "json" && (await import("@aws-sdk/core/protocols")).AwsJson1_1Protocol;
  const aws = allReadOnly(createAws(at, json ? { protocol: json } : {}));
  const table = PARAMEDIC_TABLE ? dynamoTable(readOnly(createDynamo(at)), PARAMEDIC_TABLE) : memoryTable();
  const noTable = PARAMEDIC_TABLE ? "" : ", and no message is in flight (PARAMEDIC_TABLE is not set)";
  return {
    assuming: `nothing: ${endpoint} was looked at as it is now${noTable}`,
    reading: aws,
    acting: aws,
    look: awsLook({
      aws,
      cloudwatch: readOnly(new CloudWatchClient(at)),
      inFlight: createInFlight(table),
      detectors: createDetectors(table),
      settings,
      clock,
    }),
    halts: () => readHalts(aws.ssm, clock.now()),
    maintenance: () => closedCalendar(aws.ssm, settings.calendars, clock.now()),
    calls: [],
  };
}
