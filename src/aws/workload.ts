import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SSMClient } from "@aws-sdk/client-ssm";
import { z } from "zod";
import { BotError } from "../bot-error.ts";
import { createDynamo, reading } from "./clients.ts";
import { instanceIdFrom } from "./instance-id.ts";
import { readLearned } from "./learned-memory.ts";
import { eventBridgeFacts } from "./fact-bus.ts";
import { readLevel } from "./level.ts";
import { eventBridgeSamples } from "./sample-bus.ts";
import { dynamoTable } from "./table.ts";

const environment = z.object({
  /** Name of the bot's table. */
  PARAMEDIC_TABLE: z.string().min(1),
  /** Name of the bus that the bot reads samples from. */
  PARAMEDIC_BUS: z.string().min(1).default("paramedic"),
});

/**
 * What a workload needs of AWS. Its role needs `dynamodb:GetItem` and `dynamodb:PutItem` on the table's keys `circuit#*` and
 * `in-flight#*` (`dynamodb:LeadingKeys`), `ssm:GetParameter` on `/paramedic/level/*` and `/paramedic/memory/*`, and
 * `events:PutEvents` on the bus.
 *
 * @throws BotError `bad_setting`, naming what is missing.
 */
export function workloadAws(env: NodeJS.ProcessEnv) {
  const read = environment.safeParse(env);
  if (!read.success) {
    const names = read.error.issues.map((issue) => issue.path.join(".")).join(", ");
    throw new BotError("bad_setting", `starting the client: set ${names}`, { cause: read.error });
  }
  const ssm = new SSMClient(reading);
  // A repeated PutEvents would count tokens twice: one attempt, and what was refused is sent with the next report.
  const events = new EventBridgeClient({ ...reading, maxAttempts: 1 });
  return {
    table: dynamoTable(createDynamo(), read.data.PARAMEDIC_TABLE),
    readLevel: (service: string) => readLevel(ssm, service),
    readMemory: (family: string) => readLearned(ssm, family),
    bus: eventBridgeSamples(events, read.data.PARAMEDIC_BUS),
    facts: eventBridgeFacts(events, read.data.PARAMEDIC_BUS, "paramedic.client"),
    instanceId: instanceIdFrom(env),
  };
}
