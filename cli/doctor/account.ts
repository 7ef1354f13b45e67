import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { Aws } from "../../src/aws/clients.ts";
import { createAws, reading } from "../../src/aws/clients.ts";
import { memoryTable } from "../../sim/memory-table.ts";
import { createInFlight } from "../../src/aws/in-flight.ts";
import { awsLook } from "../../src/aws/look.ts";
import { systemClock } from "../../src/clock.ts";
import { createDetectors } from "../../src/engine/detectors.ts";
import type { Look } from "../../src/runbook/look.ts";
import type { Settings } from "../../src/settings.ts";
import { allReadOnly, readOnly } from "../replay/read-only.ts";

/** An account to be looked at: what the settings say should be in it, and clients that refuse whatever does not merely look. */
export interface Account {
  readonly settings: Settings;
  /** Which installation is looked for: `paramedic-<stage>-…`. */
  readonly stage: string;
  readonly aws: Aws;
  readonly cloudwatch: CloudWatchClient;
  readonly events: EventBridgeClient;
  readonly quotas: ServiceQuotasClient;
  readonly iam: IAMClient;
  readonly look: Look;
}

/**
 * The account that the environment names, or whatever `AWS_ENDPOINT_URL` does. `PARAMEDIC_PROTOCOL=json` is for the simulated
 * AWS, which speaks nothing else.
 */
export async function openAccount(env: NodeJS.ProcessEnv, settings: Settings, stage: string): Promise<Account> {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, PARAMEDIC_PROTOCOL } = env;
  const at = { ...reading, ...(region !== undefined && { region }), ...(endpoint !== undefined && { endpoint }) };
  const json = PARAMEDIC_PROTOCOL === "json" && (await import("@aws-sdk/core/protocols")).AwsJson1_1Protocol;
  const query = json ? { protocol: json } : {};
  const aws = allReadOnly(createAws(at, query));
  const cloudwatch = readOnly(new CloudWatchClient(at));
  const table = memoryTable();
  const parts = { aws, cloudwatch, inFlight: createInFlight(table), detectors: createDetectors(table) };
  return {
    settings,
    stage,
    aws,
    cloudwatch,
    events: readOnly(new EventBridgeClient(at)),
    quotas: readOnly(new ServiceQuotasClient(at)),
    iam: readOnly(new IAMClient({ ...at, ...query })),
    look: awsLook({ ...parts, settings, clock: systemClock }),
  };
}
