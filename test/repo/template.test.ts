import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RegoEngine, TemplateFile } from "@aws/cloudformation-validate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { cost } from "../../cli/cost/cost.ts";
import { inventory } from "../../cli/inventory/inventory.ts";
import { parameterNames } from "../../infra/installation.ts";
import { functionNames } from "../../infra/names.ts";
import { resources } from "../../infra/template.ts";
import settings from "../../paramedic.config.ts";
import { runbooks } from "../../runbooks/index.ts";
import { receivingWorld } from "../../src/aws/receiving.ts";
import { learningWorld } from "../../src/aws/learning.ts";
import { urgentWorld } from "../../src/aws/urgent.ts";
import { awsWorld } from "../../src/aws/world.ts";
import { toMs } from "../../src/clock.ts";
import { executionTimeout } from "../../src/engine/make-plan.ts";
import { readSignal } from "../../src/signals/read-signal.ts";
import { chatFromEnv } from "../../src/slack/chat.ts";
import { matchesPattern } from "../../sim/event-pattern.ts";
import { type Packaged, packaged } from "../support/packaged.ts";
import { paper } from "../unit/cli/given.ts";
import { deployed, everything } from "../unit/infra/given.ts";
import { root } from "./tree.ts";

/** What osls makes of an installation that chooses nothing. */
let made: Packaged;
/** What is ours of an installation that chooses everything, for a template that osls made. */
const full = resources(deployed(everything));

beforeAll(async () => void (made = await packaged("plain")), 120_000);
afterAll(() => made?.remove());

const list = <T extends z.ZodType>(schema: T) => z.union([schema.transform((one) => [one]), z.array(schema)]);
const getAtt = z
  .object({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) })
  .transform((given) => given["Fn::GetAtt"][0]);

it("CloudFormation finds no error in the template, with nothing chosen and with everything", () => {
  const chosen = { ...made.resources, ...full.Resources };
  for (const [id, { Properties }] of Object.entries(full.extensions))
    chosen[id] = { Type: "", ...made.resources[id], Properties: { ...made.resources[id]?.Properties, ...Properties } };
  const withAll = `${made.templateFile}.full.json`;
  writeFileSync(withAll, JSON.stringify({ Resources: chosen }));

  const engine = new RegoEngine();
  const found = [made.templateFile, withAll].flatMap(
    (file) => engine.validateStandard(new TemplateFile(file)).diagnostics,
  );
  engine.free();

  expect(found.length).toBeGreaterThan(0);
  expect(found.filter(({ severity }) => ["ERROR", "FATAL"].includes(severity))).toEqual([]);
});

describe("a function", () => {
  const lambda = z.object({
    Runtime: z.string(),
    Architectures: z.array(z.string()),
    Timeout: z.int(),
    MemorySize: z.int(),
    Role: getAtt,
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
    LoggingConfig: z.object({ LogFormat: z.literal("JSON") }),
    DeadLetterConfig: z.object({ TargetArn: getAtt }).optional(),
  });
  const functions = () =>
    made.of("AWS::Lambda::Function").map(([id, properties]) => ({ id, ...lambda.parse(properties) }));
  const find = (id: string) => functions().find((fn) => fn.id === id);

  it("is there for each of ours, on arm64 and Node 24, with a role of its own", () => {
    expect(functions().map(({ id }) => id)).toEqual(
      functionNames.map((name) => `${name[0]?.toUpperCase()}${name.slice(1)}LambdaFunction`),
    );
    expect(functions().map(({ Runtime, Architectures }) => `${Runtime} ${Architectures.join()}`)).toEqual(
      functionNames.map(() => "nodejs24.x arm64"),
    );
    expect(new Set(functions().map(({ Role }) => Role)).size).toBe(functionNames.length);
    expect(made.of("AWS::IAM::Role")).toHaveLength(functionNames.length);
  });

  it("has every environment variable that it reads, and no other", async () => {
    const deps = { runbooks, settings };
    const receives = variablesMissing(() => urgentWorld({}, deps));
    const acts = await awsWorld({}, { ...deps, chat: chatFromEnv({ SLACK_BOT_TOKEN: "none" }) }).catch(
      (error: unknown) => error,
    );
    const names: Record<string, string[]> = {
      SpotLambdaFunction: receives,
      IntakeLambdaFunction: [
        ...receives,
        ...variablesMissing(() => receivingWorld({}, deps)).filter((name) => !receives.includes(name)),
      ],
      LearnLambdaFunction: variablesMissing(() => learningWorld({}, settings)),
      RemediateLambdaFunction: [...variablesIn(acts), "SLACK_BOT_TOKEN"],
      WatchLambdaFunction: [...variablesIn(acts), "PARAMEDIC_BUS", "SLACK_BOT_TOKEN"],
      SlackLambdaFunction: [...variablesIn(acts), "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"],
    };
    expect(receives).toContain("PARAMEDIC_TABLE");
    expect(variablesIn(acts)).toContain("PARAMEDIC_PAGE_TOPIC");
    for (const { id, Environment } of functions())
      expect(Object.keys(Environment.Variables).sort(), id).toEqual(names[id]?.sort());
  });

  it("is told secrets by reference only", () => {
    for (const { Environment } of functions())
      for (const [name, value] of Object.entries(Environment.Variables))
        if (name.startsWith("SLACK_"))
          expect(value).toMatch(/^\{\{resolve:secretsmanager:paramedic\/plain\/slack:SecretString:\w+\}\}$/);
  });

  it("that Slack waits for has the memory and the time for a cold start", () => {
    expect(find("SlackLambdaFunction")).toMatchObject({ MemorySize: 1769, Timeout: 25 });
  });

  it("that anybody can call is called twenty times a second at most", () => {
    expect(made.resources.HttpApiStage?.Properties.DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: 20,
      ThrottlingBurstLimit: 50,
    });
    expect(made.of("AWS::ApiGatewayV2::Route").map(([, { RouteKey }]) => RouteKey)).toEqual(["POST /slack/events"]);
    expect(made.of("AWS::Lambda::Url")).toEqual([]);
  });

  it("that reads a queue has a sixth of its visibility timeout", () => {
    const mapping = z.object({
      EventSourceArn: getAtt,
      FunctionName: getAtt,
      FunctionResponseTypes: z.tuple([z.literal("ReportBatchItemFailures")]),
    });
    const mappings = made.of("AWS::Lambda::EventSourceMapping").map(([, properties]) => mapping.parse(properties));
    expect(mappings).toHaveLength(1);
    for (const { EventSourceArn, FunctionName } of mappings) {
      const visibility = z.int().parse(made.resources[EventSourceArn]?.Properties.VisibilityTimeout);
      expect(visibility).toBeGreaterThanOrEqual(6 * (find(FunctionName)?.Timeout ?? Infinity));
    }
  });

  it("that is invoked without waiting puts aside what it gives up on", () => {
    for (const id of ["SpotLambdaFunction", "WatchLambdaFunction", "LearnLambdaFunction", "RemediateLambdaFunction"])
      expect(find(id)?.DeadLetterConfig?.TargetArn, id).toBe("EventDeadLetters");
  });

  it("is in the VPC, uses the key, is traced and has the concurrency that the deployment names", () => {
    const inVpc = {
      VpcConfig: {
        SubnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        SecurityGroupIds: ["sg-0123456789abcdef0"],
      },
      KmsKeyArn: everything.kmsKey,
      TracingConfig: { Mode: "Active" },
    };
    for (const { id } of functions())
      expect(full.extensions[id]?.Properties, id).toEqual(
        id === "SpotLambdaFunction" ? { ...inVpc, ReservedConcurrentExecutions: 5 } : inVpc,
      );
  });

  it("writes a log that ends", () => {
    const days = made.of("AWS::Logs::LogGroup").map(([, { RetentionInDays }]) => RetentionInDays);
    expect(days).toEqual(functionNames.map(() => 30));
  });
});

describe("the durable function", () => {
  it("has the time that the engine plans with, and keeps its names for a month", () => {
    expect(made.resources.RemediateLambdaFunction?.Properties.DurableConfig).toEqual({
      ExecutionTimeout: toMs(executionTimeout) / 1_000,
      RetentionPeriodInDays: 30,
    });
  });

  it("keeps old versions for the executions that run on them", () => {
    const versions = Object.values(made.resources).filter(({ Type }) => Type === "AWS::Lambda::Version");
    expect(versions.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(["Retain"]);
  });

  it("is started by its alias, by everybody", () => {
    expect(made.resources.RemediateDurableLambdaAlias?.Properties.Name).toBe("durable");
    for (const [id, { Environment }] of made.of("AWS::Lambda::Function"))
      // The one that learns starts nothing.
      if (id !== "LearnLambdaFunction")
        expect(Environment, id).toMatchObject({
          Variables: {
            PARAMEDIC_REMEDIATE: { "Fn::Sub": expect.stringMatching(/:function:paramedic-plain-remediate:durable$/) },
          },
        });
  });
});

describe("a role", () => {
  const statement = z.object({
    Effect: z.enum(["Allow", "Deny"]),
    Action: list(z.string()),
    Resource: list(z.unknown()),
    Condition: z.unknown().optional(),
  });
  const policies = z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(statement) }) }));
  const rolesIn = (resources: Packaged["resources"]) =>
    Object.entries(resources).filter(([, { Type }]) => Type === "AWS::IAM::Role");
  const allowed = (resources: Packaged["resources"]) =>
    rolesIn(resources)
      .flatMap(([, { Properties }]) => policies.parse(Properties.Policies))
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Effect }) => Effect === "Allow");

  it("allows no action by wildcard", () => {
    for (const from of [made.resources, full.Resources])
      expect(allowed(from).flatMap(({ Action }) => Action.filter((action) => action.includes("*")))).toEqual([]);
  });

  it("allows on everything only what IAM has no resource for", () => {
    const onAll = (from: Packaged["resources"]) =>
      allowed(from)
        .filter(({ Resource }) => Resource.includes("*"))
        .flatMap(({ Action }) => Action);
    expect(onAll(made.resources).filter((action) => !/:(Describe|GetMetricData$)/.test(action))).toEqual([]);
    const ofLambda = /^ec2:(\w+NetworkInterface|\w+PrivateIpAddresses)$/;
    expect(
      onAll(full.Resources).filter((action) => !/:(Describe|GetMetricData$)/.test(action) && !ofLambda.test(action)),
    ).toEqual([]);
  });

  it("is within what IAM takes as inline policies, 10,240 characters", () => {
    for (const [id, { Properties }] of rolesIn(full.Resources))
      expect(JSON.stringify(Properties.Policies).length, id).toBeLessThan(10_240);
  });

  it("is bounded where the deployment names a boundary, and is the only kind there is", () => {
    for (const [id, { Properties }] of rolesIn(full.Resources))
      expect(Properties.PermissionsBoundary, id).toBe(everything.permissionsBoundary);
    expect(made.of("AWS::IAM::Policy")).toEqual([]);
  });
});

describe("a rule", () => {
  /** Which of the sample events each rule is for. All others it must leave alone. */
  const wanted: Readonly<Record<string, RegExp>> = {
    // AWS prints the one of a Capacity Block with `detail_type`, which is no field that a rule can match.
    InterruptionsRule: /^(spot-interruption|capacity-interruption\.json)/,
    RebalancesRule: /^rebalance/,
    GroupTroublesRule: /^(asg-launch-failed|lifecycle-action)/,
    StoppedTasksRule: /^ecs-task\./,
    JobsRule: /^batch-job\./,
    JobCapacityRule: /^batch-(queue|preemption)/,
    TrainingsRule: /^training/,
    NodesRule: /^hyperpod/,
    HealthRule: /^health/,
    CostAnomaliesRule: /^cost-anomaly.json/,
    AlarmsRule: /^alarm(\.|-contributor)/,
    SamplesRule: /^metric-samples/,
    EndedExecutionsRule: /^execution-(failed|timed-out|stopped)/,
  };
  const target = z.object({
    Arn: getAtt,
    RetryPolicy: z.object({ MaximumEventAgeInSeconds: z.int() }),
    DeadLetterConfig: z.object({ Arn: getAtt }),
  });
  const rules = () =>
    made.of("AWS::Events::Rule").map(([id, { EventPattern, EventBusName, Targets }]) => {
      const [only] = z.tuple([target]).parse(Targets);
      return { id, EventPattern, EventBusName, ...only };
    });

  it("lets through the events it is for, and no others", () => {
    const samples = sampleEvents();
    const patterns = rules().filter(({ EventPattern }) => EventPattern !== undefined);
    expect(patterns.map(({ id }) => id).sort()).toEqual(Object.keys(wanted).sort());
    for (const { id, EventPattern } of patterns) {
      const through = [...samples].filter(([, event]) => matchesPattern(EventPattern, event)).map(([name]) => name);
      expect(through, id).toEqual([...samples.keys()].filter((name) => wanted[id]?.test(name)));
      expect(through.length, id).toBeGreaterThan(0);
      // What is let through to spot and intake is something they can read.
      if (id === "EndedExecutionsRule") continue;
      const kinds = through.map((name) => readSignal(samples.get(name)).kind);
      expect(kinds, id).not.toContain("unknown");
      // Two kinds of notice, and a sample that AWS prints with placeholders for times.
      expect(new Set(kinds).size, id).toBeLessThanOrEqual(3);
    }
  });

  it("brings what budgets and cost monitors tell a topic to intake, with the notification around it", () => {
    const [, subscription] = made.of("AWS::SNS::Subscription").find(([id]) => id === "SpendToIntake") ?? [];
    expect(subscription).toMatchObject({
      Endpoint: { "Fn::GetAtt": ["IntakeQueue", "Arn"] },
      RawMessageDelivery: false,
    });
    const policies = made.of("AWS::SQS::QueuePolicy").map(([, properties]) => JSON.stringify(properties));
    for (const policy of policies)
      expect(policy).toContain('"Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage"');
    expect(JSON.stringify(made.resources["SpendTopicPolicy"]?.Properties)).toContain(
      '"Condition":{"StringEquals":{"aws:SourceAccount":{"Ref":"AWS::AccountId"}}}',
    );
  });

  it("keeps the bot's own alarms from the bot", () => {
    const alarms = rules().find(({ id }) => id === "AlarmsRule");
    const event = z
      .object({ detail: z.looseObject({}) })
      .loose()
      .parse(sampleEvents().get("alarm.json"));
    const own = { ...event, detail: { ...event.detail, alarmName: "paramedic-plain-spot-errors" } };
    expect(matchesPattern(alarms?.EventPattern, own)).toBe(false);
  });

  it("gives up on a spot notice when the instance is gone, at EventBridge and at Lambda", () => {
    expect(rules().find(({ Arn }) => Arn === "SpotLambdaFunction")?.RetryPolicy.MaximumEventAgeInSeconds).toBe(120);
    const ages = made
      .of("AWS::Lambda::EventInvokeConfig")
      .map(([, { FunctionName, MaximumEventAgeInSeconds: age }]) => [FunctionName, age]);
    expect(ages).toContainEqual([{ Ref: "SpotLambdaFunction" }, 120]);
  });

  it("puts aside what it cannot deliver, and may reach its target and that queue", () => {
    const sources = (id: string) => JSON.stringify(made.resources[id]?.Properties.PolicyDocument);
    for (const { id, Arn, DeadLetterConfig } of rules()) {
      expect(DeadLetterConfig.Arn, id).toBe("EventDeadLetters");
      expect(sources("EventDeadLettersPolicy"), id).toContain(`"${id}"`);
      if (Arn === "IntakeQueue") expect(sources("IntakeQueuePolicy"), id).toContain(`"${id}"`);
      else
        expect(made.resources[`${id}Permission`]?.Properties).toMatchObject({
          FunctionName: { "Fn::GetAtt": [Arn, "Arn"] },
          SourceArn: { "Fn::GetAtt": [id, "Arn"] },
        });
    }
  });

  it("for samples is on the bot's bus, or on the one that the deployment names", () => {
    expect(rules().find(({ id }) => id === "SamplesRule")?.EventBusName).toEqual({ Ref: "Bus" });
    expect(full.Resources.SamplesRule?.Properties.EventBusName).toBe("company");
    expect(full.Resources.Bus).toBeUndefined();
  });
});

describe("what the bot keeps", () => {
  it("of models is private, encrypted, versioned, and goes when it is not renewed", () => {
    for (const [bucket, algorithm] of [
      [made.resources.Models, "AES256"],
      [full.Resources.Models, "aws:kms"],
    ] as const)
      expect(bucket).toMatchObject({
        DeletionPolicy: "Retain",
        Properties: {
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: algorithm } }],
          },
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
          VersioningConfiguration: { Status: "Enabled" },
          LifecycleConfiguration: { Rules: [{ ExpirationInDays: 60, NoncurrentVersionExpiration: {} }] },
        },
      });
    expect(JSON.stringify(made.resources.ModelsPolicy?.Properties)).toContain('"aws:SecureTransport":"false"');
  });

  it("outlives the stack, can be put back to any second, and forgets what has expired", () => {
    expect(made.resources.Table).toMatchObject({
      DeletionPolicy: "Retain",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { Enabled: true },
      },
    });
  });

  it("is given up after the third try, and then waits for two weeks", () => {
    expect(made.resources.IntakeQueue?.Properties.RedrivePolicy).toMatchObject({ maxReceiveCount: 3 });
    for (const id of ["IntakeDeadLetters", "EventDeadLetters"])
      expect(made.resources[id]?.Properties.MessageRetentionPeriod).toBe(14 * 86_400);
  });
});

describe("an alarm on the bot itself", () => {
  it("wakes people without the bot, each of them", () => {
    const of = (from: Packaged["resources"]) =>
      Object.values(from).flatMap(({ Type, Properties }) =>
        Type === "AWS::CloudWatch::Alarm" ? JSON.stringify(Properties.AlarmActions) : [],
      );
    expect(new Set(of(made.resources))).toEqual(new Set(['[{"Ref":"PageTopic"}]']));
    expect(new Set(of(full.Resources))).toEqual(new Set([JSON.stringify([everything.pageTopic])]));
  });

  it("goes off when the watch is silent", () => {
    expect(made.resources.WatchSilentAlarm?.Properties).toMatchObject({
      MetricName: "Invocations",
      ComparisonOperator: "LessThanThreshold",
      TreatMissingData: "breaching",
    });
  });
});

describe("a bundle", () => {
  /**
   * In kB, a little above what they are. Slack's libraries are large, and it is given the memory for them. What grows past
   * this is looked at before it is let in: spot starts while a notice runs out.
   */
  const kBMax: Record<string, number> = {
    spot: 100,
    intake: 150,
    remediate: 520,
    slack: 2_000,
    watch: 420,
    learn: 110,
  };

  it.each(functionNames)("of %s is one file, and small", (name) => {
    const { files, bytes } = made.code(name);
    expect(files).toEqual([`functions/${name}.mjs`]);
    expect(bytes / 1_000).toBeLessThanOrEqual(kBMax[name] ?? 0);
  });

  it("loads where nothing answers, and has a handler of two parameters at most", () => {
    // Lambda's Node 24 refuses a handler that has a third, for a callback.
    const each = functionNames.map((name) => JSON.stringify(made.code(name).file)).join();
    const says = "console.log(typeof handler, handler.length <= 2)";
    expect(run(`for (const file of [${each}]) { const { handler } = await import(file); ${says}; }`)).toBe(
      "function true\n".repeat(functionNames.length),
    );
  });

  it("lets a failed start be tried again: with no table to ask, the spot handler fails", () => {
    const [file, event] = [made.code("spot").file, sampleEvents().get("spot-interruption.json")].map((each) =>
      JSON.stringify(each),
    );
    const says = `handler(${event}, {}).then(() => console.log("done"), () => console.log("failed"))`;
    expect(run(`const { handler } = await import(${file}); await ${says};`)).toBe("failed\n");
  });

  it("observes, whatever paramedic.config.ts says", () => {
    const code = readFileSync(made.code("remediate").file, "utf8");
    expect(Object.keys(settings.autonomy).length).toBeGreaterThan(0);
    expect(code).toContain("autonomy:{}");
  });
});

describe("docs/cost.md", () => {
  const page = readFileSync(join(root, "docs/cost.md"), "utf8");
  const bill = async (...args: string[]) => {
    const io = paper();
    await cost([...args, "--package", dirname(made.templateFile), "--json"], io);
    const line = z.object({ what: z.string(), usd: z.number() });
    return z.object({ usdPerMonth: z.number(), lines: z.array(line) }).parse(JSON.parse(io.written.out));
  };

  it("has every line of the bill that paramedic cost makes of this template, to the cent", async () => {
    const { lines, usdPerMonth } = await bill();
    const rows = [...lines, { what: "together", usd: usdPerMonth }].map(
      ({ what, usd }) => `| ${what} | ${usd.toFixed(2)} |`,
    );
    expect(rows.filter((row) => !page.includes(row))).toEqual([]);
  });

  it("says of each estate what the command says of it", async () => {
    const rows = [...page.matchAll(/^\| .*: `(--.*)` \| ([\d.]+) \|$/gm)];
    expect(rows.length).toBeGreaterThan(3);
    for (const [, options = "", usd] of rows)
      expect((await bill(...options.split(" "))).usdPerMonth.toFixed(2), options).toBe(usd);
  });
});

it("paramedic inventory lists everything that the template makes", async () => {
  const io = paper();
  await inventory(["--package", dirname(made.templateFile), "--json"], io);
  const { resources: listed } = z
    .object({ resources: z.array(z.object({ type: z.string() })) })
    .parse(JSON.parse(io.written.out));
  expect(listed.map(({ type }) => type).sort()).toEqual(
    Object.values(made.resources)
      .map(({ Type }) => Type)
      .sort(),
  );
});

describe("docs/deploying.md", () => {
  const page = readFileSync(join(root, "docs/deploying.md"), "utf8");

  it("names every parameter and every alarm", () => {
    const alarms = made
      .of("AWS::CloudWatch::Alarm")
      .map(([, { AlarmName }]) => String(AlarmName).replace("paramedic-plain-", ""));
    const names = [...parameterNames.filter((name) => name !== "stage"), ...alarms];
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it("gives a reason for whatever is allowed on everything", () => {
    const documents = Object.values(full.Resources).filter(({ Type }) => Type === "AWS::IAM::Role");
    const onAll = z.object({
      Effect: z.literal("Allow"),
      Action: z.array(z.string()),
      Resource: z.tuple([z.literal("*")]),
    });
    const statements = documents.flatMap(({ Properties }) =>
      z
        .tuple([z.object({ PolicyDocument: z.object({ Statement: z.array(z.unknown()) }) })])
        .parse(Properties.Policies)[0]
        .PolicyDocument.Statement.flatMap((one) => onAll.safeParse(one).data?.Action ?? []),
    );
    expect(statements.length).toBeGreaterThan(0);
    expect([...new Set(statements)].filter((action) => !page.includes(`\`${action}\``))).toEqual([]);
  });
});

/** The environment variables that a start without any says are missing. */
const variablesIn = (error: unknown): string[] => [...String(error).matchAll(/PARAMEDIC_\w+/g)].map(([name]) => name);
function variablesMissing(start: () => unknown): string[] {
  try {
    start();
    return [];
  } catch (error) {
    return variablesIn(error);
  }
}

/** Runs a line in a process of its own, in the environment of a function whose every call fails. */
function run(script: string): string {
  const env = {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "none",
    AWS_SECRET_ACCESS_KEY: "none",
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
    PARAMEDIC_TABLE: "none",
    PARAMEDIC_MODELS: "none",
    PARAMEDIC_REMEDIATE: "none:durable",
    PARAMEDIC_PAGE_TOPIC: "none",
    SLACK_BOT_TOKEN: "none",
    SLACK_SIGNING_SECRET: "none",
    POWERTOOLS_LOG_LEVEL: "SILENT",
  };
  return execFileSync(process.execPath, ["--input-type=module", "-e", script], { env, encoding: "utf8", cwd: root });
}

/** Events as AWS and workloads send them, by name. */
function sampleEvents(): ReadonlyMap<string, unknown> {
  const folder = join(root, "test/fixtures/events");
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const ended = (status: string, durableExecutionName = "paramedic-plain-0123456789ab-1") => ({
    source: "aws.lambda",
    "detail-type": "Durable Execution Status Change",
    detail: { status, durableExecutionName },
  });
  return new Map<string, unknown>([
    ...files.map((name): [string, unknown] => [name, JSON.parse(readFileSync(join(folder, name), "utf8"))]),
    ["execution-failed", ended("FAILED")],
    ["execution-timed-out", ended("TIMED_OUT")],
    ["execution-stopped", ended("STOPPED")],
    ["execution of somebody else, failed", ended("FAILED", "orders-17")],
    ["running execution", ended("RUNNING")],
    ["spot warning that somebody made up", { source: "shop", "detail-type": "EC2 Spot Instance Interruption Warning" }],
  ]);
}
