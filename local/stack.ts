import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { SQSEvent } from "aws-lambda";
import { startFauxqs } from "fauxqs";
import { z } from "zod";
import settings from "../paramedic.config.ts";
import { RunningClock } from "../sim/clock.ts";
import { createSim, type Sim } from "../sim/sim.ts";
import { readSavedWorld } from "../sim/world.ts";
import { createDynamo, reading } from "../src/aws/clients.ts";
import { createInFlight, type InFlight } from "../src/aws/in-flight.ts";
import { type Halt, readHalts, writeHalts } from "../src/aws/switches.ts";
import { dynamoTable, type Table } from "../src/aws/table.ts";
import { storesOf } from "../src/aws/stores.ts";
import { useClock } from "../src/clock.ts";
import type { World } from "../src/engine/world.ts";
import { Random } from "../src/detect/random.ts";
import { showIncident } from "../src/engine/tell.ts";
import { chatFromEnv } from "../src/slack/chat.ts";
import { pollQueue, rules } from "./bus.ts";
import { type DurableService, openDurableService } from "./durable/service.ts";
import { serve } from "./durable/serve.ts";
import { history, startChatService } from "./estate/chat-service.ts";
import { measures, report, sampleMs } from "./estate/measures.ts";
import { createProvider } from "./estate/provider.ts";
import { estate, seedEstate } from "./estate/seed.ts";
import { type Trouble, troubles } from "./estate/troubles.ts";
import { startWorkers } from "./estate/workers.ts";
import { type Places, readSaved, writeWhole } from "./places.ts";
import { serveHttp, startDynamo } from "./servers.ts";
import { createSignals, type Signals } from "./signals.ts";
import { type SlackDesk, startSlackDesk } from "./slack-desk.ts";

/** The whole of Paramedic and what it looks after, running in this process. */
export interface Stack {
  readonly clock: RunningClock;
  readonly sim: Sim;
  readonly slack: SlackDesk;
  readonly service: DurableService;
  readonly stores: Pick<World, "incidents" | "stories" | "journal" | "approvals" | "trust"> & { readonly table: Table };
  /** Every series of measurements that the bot is told of. */
  readonly signals: Pick<Signals, "read">;
  /** People were woken: what about, newest last. */
  readonly pages: { readonly at: number; readonly subject: string }[];
  /** Events that AWS and the workloads have sent out for us, by kind. */
  readonly sent: Map<string, number>;
  /** Which messages the workers on an instance are busy with. */
  readonly inFlight: InFlight;
  /** Events and invocations that were given up after their last attempt. */
  deadLetters(): number;
  queue(): Promise<{ name: string; waiting: number; inFlight: number; done: number }>;
  /** Lets time pass quickly: everything that happens every ten seconds still happens, in order. */
  skip(ms: number): Promise<void>;
  /** Lets something be wrong with the estate, or ends that. */
  setTrouble(trouble: Trouble, isOn: boolean): void;
  troubles(): readonly Trouble[];
  /** Puts so many jobs into the queue at once. */
  submit(jobs: number): Promise<void>;
  halts(): Promise<readonly Halt[]>;
  halt(by: string, why: string): Promise<void>;
  /** Ends every halt. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

const tableName = "paramedic-local";
const modelsBucket = "paramedic-local-models";
const region = "us-east-2";

const kept = z.object({
  aheadMs: z.number(),
  troubles: z.array(z.enum(troubles)).default([]),
  queuesPort: z.number(),
  sim: z.unknown().transform(readSavedWorld),
});

/**
 * Brings the stack up: third-party DynamoDB, SQS, SNS and Slack, our durable service and simulated AWS, and the unmodified
 * functions on top. With `places` it keeps everything there and carries on with what was in flight, however it was ended;
 * without, it starts anew in memory.
 */
export async function startStack({
  places,
  speed = 1,
  seed = 1,
  log,
}: {
  places?: Places;
  /** How fast simulated time runs. */
  speed?: number;
  seed?: number;
  log: (message: string) => void;
}): Promise<Stack> {
  const found = places && readSaved(places.world);
  const saved = found === undefined ? undefined : kept.parse(found);
  const clock = new RunningClock({ startMs: Date.now() + (saved?.aheadMs ?? 0), speed });
  useClock(clock);
  const wrong = new Set<Trouble>(saved?.troubles);
  let queuesPort = saved?.queuesPort ?? 0;
  let skipping = Promise.resolve();

  const save = () => {
    if (!places) return;
    writeWhole(
      places.world,
      JSON.stringify({ aheadMs: clock.now() - Date.now(), troubles: [...wrong], queuesPort, sim: sim.save() }),
    );
  };
  let saving: NodeJS.Immediate | undefined;
  let route: ReturnType<typeof rules> = () => {};
  let hear: Signals["hear"] = () => {};
  const sent = new Map<string, number>();
  const sim = createSim({
    clock,
    seed,
    region,
    ...(saved && { state: saved.sim }),
    // Many changes of one moment are written once.
    onChange: () => (saving ??= setImmediate(() => ((saving = undefined), save()))),
    emit: (event) => {
      const type = event["detail-type"];
      sent.set(type, (sent.get(type) ?? 0) + 1);
      hear(event);
      route(event);
    },
  });
  if (!saved) seedEstate(sim);

  let deadLetters = 0;
  const service = openDurableService({
    file: places?.executions ?? ":memory:",
    clock,
    region,
    onLog: ({ level, message }) => level === "warn" && log(message),
    onStatusChange: (event) => void service.send("paramedic-watch", JSON.stringify(event)),
    onDeadLetter: (letter) => {
      deadLetters += 1;
      log(`given up after three attempts: ${JSON.stringify(letter).slice(0, 300)}`);
    },
  });
  const [dynamo, queues, simulated, lambda] = await Promise.all([
    startDynamo(tableName, places?.dynamodb),
    startQueues(queuesPort, places?.queues),
    serveHttp(sim.listener),
    serveHttp(serve(service)),
  ]);
  queuesPort = queues.port;
  const slackFunction: { handler?: Parameters<typeof startSlackDesk>[2] extends () => infer R ? R : never } = {};
  const slack = await startSlackDesk(settings.channel, settings.team, () => {
    if (!slackFunction.handler) throw new Error("the Slack function is not loaded yet");
    return slackFunction.handler;
  });
  const { intakeUrl, pagesUrl, topicArn, jobsUrl } = makeQueues(queues);
  queues.createBucket(modelsBucket);

  // From here on this is the environment of a deployed function: endpoints and names, nothing else.
  Object.assign(process.env, slack.env, {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL: simulated.url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    AWS_ENDPOINT_URL_SQS: queues.address,
    AWS_ENDPOINT_URL_SNS: queues.address,
    AWS_ENDPOINT_URL_S3: queues.address,
    POWERTOOLS_LOG_LEVEL: process.env.POWERTOOLS_LOG_LEVEL ?? "SILENT",
    PARAMEDIC_TABLE: tableName,
    PARAMEDIC_MODELS: modelsBucket,
    PARAMEDIC_REMEDIATE: "paramedic-remediate:durable",
    PARAMEDIC_PAGE_TOPIC: topicArn,
    PARAMEDIC_PROTOCOL: "json",
  });
  const [spot, intake, remediate, watch, learn, slackHandler] = await Promise.all([
    import("../functions/spot.ts"),
    import("../functions/intake.ts"),
    import("../functions/remediate.ts"),
    import("../functions/watch.ts"),
    import("../functions/learn.ts"),
    import("../functions/slack.ts"),
  ]);
  slackFunction.handler = (request) => slackHandler.handler(request, {});
  service.register("paramedic-spot", spot.handler);
  service.register("paramedic-watch", watch.handler);
  service.register("paramedic-learn", learn.handler, { timeout: { minutes: 15 } });
  service.register("paramedic-intake", (event: unknown) => intake.handler(event as SQSEvent));
  service.register("paramedic-remediate", remediate.handler, { durable: { executionTimeout: { hours: 24 } } });
  const table = dynamoTable(createDynamo(), tableName);
  const stores = storesOf(table, clock, settings);
  const signals = createSignals(stores.detectors, { account: sim.world.account, region }, Object.values(measures));
  hear = (event) => signals.hear(event);
  await postAnew(stores, clock);
  service.recover();

  const sqs = new SQSClient(reading);
  const ssm = new SSMClient(reading);
  const events = new EventBridgeClient(reading);
  const cloudwatch = new CloudWatchClient(reading);
  const pages: { at: number; subject: string }[] = [];
  route = rules({ stage: settings.stage, service, sqs, intakeQueue: intakeUrl, log });
  const intakePoll = pollQueue({
    sqs,
    queueUrl: intakeUrl,
    log,
    invoke: async (batch) => {
      const answer = await service.invoke("paramedic-intake", JSON.stringify(batch));
      if (answer.kind === "failed") throw new Error(answer.error.ErrorMessage);
      return JSON.parse(answer.payload);
    },
  });
  const pagePoll = pollQueue({
    sqs,
    queueUrl: pagesUrl,
    log,
    invoke: (batch) => {
      for (const { body } of batch.Records) {
        const { Subject: subject } = z.object({ Subject: z.string() }).parse(JSON.parse(body));
        pages.push({ at: clock.now(), subject });
        log(`page: ${subject}`);
      }
      return Promise.resolve({});
    },
  });

  const every = repeater(clock, log);
  const random = Random.fromSeed(seed);
  const chance = () => random.next();
  const inFlight = createInFlight(table);
  const workers = startWorkers({ sim, sqs, queueUrl: jobsUrl, inFlight, clock }, every);
  if (!saved) {
    for (const past of history(clock.now(), chance)) await sim.call("events", "PutEvents", { Entries: [past] });
    // The past has to be there before the present begins: points that come after newer ones are late, and not learnt from.
    const endBy = Date.now() + historyMsMax;
    while (!(await signals.areHeard()) && Date.now() < endBy) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const callProvider = createProvider({ table, clock, chance, isDown: () => wrong.has("provider") });
  const isOn = (trouble: Trouble) => wrong.has(trouble);
  startChatService({ cloudwatch, events, ssm, clock, chance, callProvider }, every, isOn);
  const queue = async () => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: jobsUrl, AttributeNames: ["All"] }),
    );
    return {
      name: estate.jobs,
      waiting: Number(Attributes.ApproximateNumberOfMessages),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
      done: workers.done(),
    };
  };
  every(sampleMs, async () => {
    const { waiting } = await queue();
    await report({ cloudwatch, events }, [{ measure: measures.waiting, at: clock.now(), value: waiting }]);
  });
  every(60_000, () => Promise.resolve(void service.send("paramedic-watch", "{}")));
  const hour = JSON.stringify({ account: sim.world.account, region });
  every(3_600_000, () => Promise.resolve(void service.send("paramedic-learn", hour)));
  save();

  return {
    clock,
    sim,
    slack,
    service,
    stores,
    signals,
    inFlight,
    pages,
    sent,
    deadLetters: () => deadLetters + (queues.inspectQueue("paramedic-intake-dlq")?.messages.ready.length ?? 0),
    queue,
    submit: workers.submit,
    skip: (ms) => (skipping = skipping.then(() => skipThrough(clock, ms, every.idle))),
    setTrouble: (trouble, isOn) => {
      if (isOn) wrong.add(trouble);
      else wrong.delete(trouble);
      save();
    },
    troubles: () => [...wrong],
    halts: async () => await readHalts(ssm, clock.now()),
    async halt(by, why) {
      await writeHalts(ssm, clock.now(), (halts) => [...halts.filter(({ scope }) => scope !== undefined), { by, why }]);
    },
    async resume() {
      await writeHalts(ssm, clock.now(), () => []);
    },
    async close() {
      clock.stop();
      await Promise.all([every.stop(), intakePoll.stop(), pagePoll.stop()]);
      // What is at work may come to an end; what takes longer is carried on by the next start, as after a crash.
      await Promise.race([service.idle(), new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
      clearImmediate(saving);
      save();
      service.close();
      sim.stop();
      await Promise.all([dynamo.close(), queues.stop(), simulated.close(), lambda.close(), slack.close()]);
    },
  };
}

/** Slack's memory ends with the process: the cards of the last incidents are posted anew, before anything else happens. */
async function postAnew(stores: ReturnType<typeof storesOf>, clock: RunningClock): Promise<void> {
  // That the cards are gone is why we are here: nobody needs to be told.
  const log = () => {};
  const chat = chatFromEnv(process.env)({ settings, clock, log });
  for (const { id } of (await stores.incidents.recent(10)).reverse()) await showIncident({ ...stores, chat, log }, id);
}

/** Scoring three hours of history takes a tenth of a second; a busy machine needs longer. */
const historyMsMax = 20_000;

/** SQS and SNS. Messages in flight are known by their queue's address, so it stays the same from start to start. */
async function startQueues(port: number, dataDir: string | undefined): Promise<Queues> {
  const rest = { logger: false, defaultRegion: region, ...(dataDir !== undefined && { dataDir }) };
  try {
    return await startFauxqs({ port, ...rest });
  } catch (error) {
    // Another program has the port meanwhile: those messages come back by themselves, all others are not concerned.
    if (port === 0) throw error;
    return await startFauxqs({ port: 0, ...rest });
  }
}

type Queues = Awaited<ReturnType<typeof startFauxqs>>;

/** The bot's intake queue with its dead-letter queue, the topic that wakes people, and the estate's job queue. */
function makeQueues(queues: Queues) {
  // Its own URLs have a host name that only some resolvers know.
  const urlOf = (queueUrl: string) => new URL(new URL(queueUrl).pathname, queues.address).href;
  const { queueArn: dead } = queues.createQueue("paramedic-intake-dlq");
  const intake = queues.createQueue("paramedic-intake", {
    attributes: {
      VisibilityTimeout: "60",
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead, maxReceiveCount: "3" }),
    },
  });
  const pages = queues.createQueue("paramedic-pages");
  const { topicArn } = queues.createTopic("paramedic-pages");
  queues.subscribe({ topic: "paramedic-pages", queue: "paramedic-pages" });
  const jobs = queues.createQueue(estate.jobs);
  return {
    intakeUrl: urlOf(intake.queueUrl),
    pagesUrl: urlOf(pages.queueUrl),
    jobsUrl: urlOf(jobs.queueUrl),
    topicArn,
  };
}

/** The estate samples every ten seconds; what has fallen due is begun within some milliseconds, and waited for. */
const skipStep = { ms: 10_000, restMs: 40 };

async function skipThrough(clock: RunningClock, ms: number, idle: () => Promise<void>): Promise<void> {
  for (let left = ms; left > 0; left -= skipStep.ms) {
    clock.skip(Math.min(left, skipStep.ms));
    await new Promise((resolve) => setTimeout(resolve, skipStep.restMs));
    await idle();
  }
}

/** Does things again and again on the clock, one after the other, until stopped. What fails is told and done again. */
function repeater(clock: RunningClock, log: (message: string) => void) {
  let isStopped = false;
  const atWork = new Set<Promise<void>>();
  const every = (ms: number, work: () => Promise<void>): void => {
    const once = async () => {
      try {
        await work();
      } catch (error) {
        if (!isStopped) log(`the estate: ${String(error)}`);
      }
      if (!isStopped) clock.at(clock.now() + ms, again);
    };
    const again = () => {
      if (isStopped) return;
      const working = once().finally(() => atWork.delete(working));
      atWork.add(working);
    };
    clock.at(clock.now() + ms, again);
  };
  const idle = async (): Promise<void> => void (await Promise.all(atWork));
  const stop = async (): Promise<void> => {
    isStopped = true;
    await idle();
  };
  return Object.assign(every, { stop, idle });
}
