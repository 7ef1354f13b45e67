import { createServer } from "node:http";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Context, SQSEvent } from "aws-lambda";
import { startFauxqs } from "fauxqs";
import { z } from "zod";
import { functionNames, type FunctionName } from "../../../infra/names.ts";
import { pollQueue } from "../../../local/bus.ts";
import { serve } from "../../../local/durable/serve.ts";
import { type DurableService, openDurableService } from "../../../local/durable/service.ts";
import { listen, startDynamo } from "../../../local/servers.ts";
import { type SlackDesk, startSlackDesk } from "../../../local/slack-desk.ts";
import settings from "../../../paramedic.config.ts";
import { RunningClock } from "../../../sim/clock.ts";
import { createSim, type Sim } from "../../../sim/sim.ts";
import { storesOf } from "../../../src/aws/stores.ts";
import { dynamoTable } from "../../../src/aws/table.ts";
import type { World } from "../../../src/engine/world.ts";
import { matchesPattern } from "../../../sim/event-pattern.ts";
import type { Packaged } from "../packaged.ts";
import { Sandbox } from "./sandbox.ts";

/** An account in which the packaged stack has been created: its functions in sandboxes, its rules, its queue. */
export interface Account {
  readonly clock: RunningClock;
  readonly sim: Sim;
  readonly service: DurableService;
  readonly slack: SlackDesk;
  readonly sandboxes: Readonly<Record<FunctionName, Sandbox>>;
  readonly stores: Pick<World, "incidents" | "journal" | "table">;
  /** Asynchronous invocations that were given up, by the name of the function. */
  readonly deadLetters: string[];
  /** Puts an event on the default bus: the packaged rules say where it goes. */
  emit(event: object): Promise<void>;
  /** Whether Lambda takes requests to invoke a function and answers none of them. */
  invokeHangs: boolean;
  /** Closes every connection to AWS, as happens to those of a function that was frozen for long. */
  hangUp(): void;
  /** People were woken: how often. */
  pages(): number;
  waiting(): Promise<number>;
  close(): Promise<void>;
}

const region = "us-east-2";
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

const lambda = z.object({
  FunctionName: z.string(),
  Handler: z.string(),
  Timeout: z.int(),
  DurableConfig: z.object({ ExecutionTimeout: z.int() }).optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});
const rule = z.object({
  EventPattern: z.unknown().optional(),
  Targets: z.tuple([z.object({ Arn: z.object({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) }) })]),
});
const durableInput = z.object({
  DurableExecutionArn: z.string(),
  CheckpointToken: z.string(),
  UpdatedOperationIds: z.unknown(),
  InitialExecutionState: z.unknown(),
});

/** Creates the packaged stack over the simulated account, with real HTTP in between: the SDK is configured by endpoints alone. */
export async function createAccount(made: Packaged): Promise<Account> {
  const clock = new RunningClock();
  const table = "paramedic-packaged";
  const models = "paramedic-packaged-models";
  const functions = functionNames.map((name) => {
    const found = made.of("AWS::Lambda::Function").find(([id]) => id.toLowerCase() === `${name}lambdafunction`);
    return { name, ...lambda.parse(found?.[1]) };
  });
  const nameOf = (id: string) => functions.find(({ name }) => id.toLowerCase() === `${name}lambdafunction`);

  const emit = async (event: object): Promise<void> => {
    for (const [, properties] of made.of("AWS::Events::Rule")) {
      const { EventPattern, Targets } = rule.parse(properties);
      if (EventPattern === undefined || !matchesPattern(EventPattern, event)) continue;
      const [id] = Targets[0].Arn["Fn::GetAtt"];
      const fn = nameOf(id);
      if (fn) service.send(fn.FunctionName, JSON.stringify(event));
      else await sqs.send(new SendMessageCommand({ QueueUrl: intakeUrl, MessageBody: JSON.stringify(event) }));
    }
  };
  const sim = createSim({ clock, seed: 1, region, emit: (event) => void emit(event) });
  const deadLetters: string[] = [];
  const service = openDurableService({
    file: ":memory:",
    clock,
    region,
    onLog: () => {},
    onStatusChange: emit,
    onDeadLetter: ({ fn }) => void deadLetters.push(fn),
  });
  const silence = { invokeHangs: false };
  const lambdaApi = serve(service);
  const servers = {
    sim: createServer(sim.listener),
    lambda: createServer((request, response) => {
      if (!silence.invokeHangs || !request.url?.includes("/invocations")) lambdaApi(request, response);
    }),
  };
  const slackFunction: { sandbox?: Sandbox } = {};
  const [dynamo, queues, simulated, lambdas, slack] = await Promise.all([
    startDynamo(table),
    startFauxqs({ port: 0, logger: false, defaultRegion: region }),
    listen(servers.sim),
    listen(servers.lambda),
    startSlackDesk(settings.channel, settings.team, () => async (request) => {
      const answer = await slackFunction.sandbox?.invoke(request);
      return z.object({ statusCode: z.int() }).parse(answer);
    }),
  ]);
  const urlOf = (queueUrl: string) => new URL(new URL(queueUrl).pathname, queues.address).href;
  const intakeUrl = urlOf(queues.createQueue("intake").queueUrl);
  queues.createBucket(models);
  queues.createQueue("pages");
  const { topicArn } = queues.createTopic("pages");
  queues.subscribe({ topic: "pages", queue: "pages" });
  const sqs = new SQSClient({ endpoint: queues.address, region, credentials });

  const remediate = functions.find(({ DurableConfig }) => DurableConfig)?.FunctionName ?? "";
  /** What the variables of the template stand for here. One that is missing would be missing in the account, too. */
  const meant: Readonly<Record<string, string>> = {
    PARAMEDIC_TABLE: table,
    PARAMEDIC_MODELS: models,
    PARAMEDIC_REMEDIATE: `${remediate}:durable`,
    PARAMEDIC_PAGE_TOPIC: topicArn,
    PARAMEDIC_BUS: "paramedic",
    SLACK_BOT_TOKEN: slack.env.SLACK_BOT_TOKEN,
    SLACK_SIGNING_SECRET: slack.env.SLACK_SIGNING_SECRET,
  };
  const places = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL: simulated.url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    AWS_ENDPOINT_URL_LAMBDA: lambdas.url,
    AWS_ENDPOINT_URL_SQS: queues.address,
    AWS_ENDPOINT_URL_SNS: queues.address,
    AWS_ENDPOINT_URL_S3: queues.address,
    SLACK_API_URL: slack.env.SLACK_API_URL,
    PARAMEDIC_PROTOCOL: "json",
  };
  const opened = await Promise.all(
    functions.map(async ({ name, FunctionName, Handler, Timeout, Environment }) => {
      const variables = Object.keys(Environment.Variables).map((key) => [key, meant[key] ?? ""]);
      const env = { ...Object.fromEntries(variables), ...places };
      const { file } = made.code(name);
      const root = file.slice(0, -`/functions/${name}.mjs`.length);
      const sandbox = await Sandbox.open({
        name: FunctionName,
        root,
        handler: Handler,
        env,
        timeoutMs: Timeout * 1_000,
        aheadMs: () => clock.now() - Date.now(),
      });
      return [name, sandbox] as const;
    }),
  );
  const sandboxes = Object.fromEntries(opened) as Record<FunctionName, Sandbox>;
  slackFunction.sandbox = sandboxes.slack;
  for (const { name, FunctionName, DurableConfig } of functions) {
    const handler = (event: unknown, _context: Context) =>
      // Its own way to the service is not sent along: the packaged SDK speaks to the Lambda API over HTTP.
      sandboxes[name].invoke(DurableConfig ? durableInput.parse(event) : event);
    const durable = DurableConfig && { executionTimeout: { seconds: DurableConfig.ExecutionTimeout } };
    service.register(FunctionName, handler, durable ? { durable } : {});
  }
  const intakePoll = pollQueue({
    sqs,
    queueUrl: intakeUrl,
    log: () => {},
    invoke: (batch: SQSEvent) => sandboxes.intake.invoke(batch),
  });
  const dynamoClient = new DynamoDBClient({ endpoint: dynamo.url, region, credentials });
  return Object.assign(silence, {
    clock,
    sim,
    service,
    slack,
    sandboxes,
    stores: storesOf(dynamoTable(dynamoClient, table), clock, settings),
    deadLetters,
    emit,
    hangUp: () => Object.values(servers).forEach((server) => server.closeAllConnections()),
    pages: () => queues.inspectQueue("pages")?.messages.ready.length ?? 0,
    async waiting() {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: intakeUrl, AttributeNames: ["All"] }),
      );
      return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
    },
    async close() {
      clock.stop();
      await intakePoll.stop();
      service.close();
      await Promise.all(Object.values(sandboxes).map((sandbox) => sandbox.close()));
      sim.stop();
      dynamoClient.destroy();
      sqs.destroy();
      await Promise.all([dynamo.close(), queues.stop(), simulated.close(), lambdas.close(), slack.close()]);
    },
  });
}
