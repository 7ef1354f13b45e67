import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import { z } from "zod";
import { type Clock, systemClock } from "../clock.ts";
import { checkRunbooks } from "../engine/check-runbooks.ts";
import type { Chat, World } from "../engine/world.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Settings } from "../settings.ts";
import { acting, createAws, createDynamo, reading } from "./clients.ts";
import { readEnvironment, receivingEnvironment } from "./environment.ts";
import { lambdaExecutions } from "./executions.ts";
import { createInFlight } from "./in-flight.ts";
import { createLog } from "./log.ts";
import { awsLook } from "./look.ts";
import { storesOf } from "./stores.ts";
import { closedCalendar, readHalts } from "./switches.ts";
import { dynamoTable } from "./table.ts";

/** What a process adds to the world that AWS gives it. */
export interface Parts {
  readonly runbooks: readonly Runbook[];
  readonly settings: Settings;
  readonly chat: (deps: { settings: Settings; clock: Clock; log: World["log"] }) => Chat;
}

/**
 * The world of a deployed function. Settings are read once, on cold start: a missing one fails the deployment, not an
 * incident.
 *
 * @throws BotError `bad_setting`, naming the environment variables that are missing, or what is wrong with a runbook.
 */
export async function awsWorld(env: NodeJS.ProcessEnv, { runbooks, settings, chat }: Parts): Promise<World> {
  const { PARAMEDIC_TABLE, PARAMEDIC_REMEDIATE, PARAMEDIC_PAGE_TOPIC, PARAMEDIC_PROTOCOL } = readEnvironment(env, {
    ...receivingEnvironment,
    /** SNS topic that wakes people. */
    PARAMEDIC_PAGE_TOPIC: z.string().min(1),
    /** `json` makes the clients of query-protocol services speak AWS JSON, which is all the simulated AWS speaks. */
    PARAMEDIC_PROTOCOL: z.enum(["json"]).optional(),
  });
  const query = PARAMEDIC_PROTOCOL === "json" ? await jsonProtocol() : {};
  const log = createLog();
  const readingAws = createAws(reading, query);
  const cloudwatch = new CloudWatchClient(reading);
  const sns = new SNSClient(reading);
  // A switch that cannot be read counts as set, so a throttled read is worth more patience than others.
  const patient = new SSMClient({ ...reading, maxAttempts: 6 });
  const stores = storesOf(dynamoTable(createDynamo(), PARAMEDIC_TABLE), systemClock, settings);
  return {
    ...stores,
    runbooks: checkRunbooks(runbooks, settings),
    reading: readingAws,
    acting: createAws(acting, query),
    look: awsLook({
      aws: readingAws,
      cloudwatch,
      inFlight: createInFlight(stores.table),
      detectors: stores.detectors,
      settings,
      clock: systemClock,
    }),
    chat: chat({ settings, clock: systemClock, log }),
    executions: lambdaExecutions(new LambdaClient(reading), PARAMEDIC_REMEDIATE),
    halts: () => readHalts(patient, systemClock.now()),
    maintenance: () => closedCalendar(readingAws.ssm, settings.calendars, systemClock.now()),
    page: async (subject, text) => {
      log("warn", subject, { page: text });
      // Subjects are ASCII, at most 100 characters.
      const Subject = subject.replace(/[^\x20-\x7e]/g, "?").slice(0, 100);
      await sns.send(new PublishCommand({ TopicArn: PARAMEDIC_PAGE_TOPIC, Subject, Message: text }));
    },
    log,
  };
}

/** Loaded only where it is asked for: a deployed function never is. */
async function jsonProtocol(): Promise<{ protocol: unknown }> {
  const { AwsJson1_1Protocol } = await import("@aws-sdk/core/protocols");
  return { protocol: AwsJson1_1Protocol };
}
