import { alarms } from "./alarms.ts";
import { dashboard } from "./dashboard.ts";
import { metricStream } from "./metric-stream.ts";
import { functionId, functionNames, ref, remediateAlias, type Resources, sub, type Value } from "./names.ts";
import type { Deployed } from "./permissions.ts";
import { roles } from "./roles.ts";
import { rules } from "./rules.ts";
import type { Installation } from "./installation.ts";
import { spendTopic } from "./spend-topic.ts";
import { busName, pageTopicArn, storage } from "./storage.ts";

/** Properties that are added to resources of osls's own, by logical id. */
type Extensions = Readonly<Record<string, { readonly Properties: Readonly<Record<string, unknown>> }>>;

/** Everything besides the functions themselves: what serverless.yml includes as `resources`. */
export function resources(deployed: Deployed) {
  const { installation } = deployed;
  const extensions: Extensions = { ...ofFunctions(installation), HttpApiStage: slackOnly };
  const all: Resources = {
    ...storage(installation),
    ...rules(installation),
    ...roles(deployed),
    ...alarms(installation),
    ...dashboard(installation),
    ...metricStream(deployed),
    ...spendTopic(installation),
  };
  return {
    Description: "Paramedic: the first responder for AI workloads",
    Resources: all,
    extensions,
    Outputs: {
      SamplesBus: { Description: "Bus that workloads send metric samples to", Value: busName(installation) },
      SpendTopicArn: { Description: "Topic for budgets and cost monitors to tell", Value: ref("SpendTopic") },
      PageTopicArn: { Description: "Topic that wakes people", Value: pageTopicArn(installation) },
    },
  };
}

/**
 * The address that Slack calls is open to everybody, and only a signature tells who calls. Slack sends a request for a
 * click: nobody clicks twenty times a second, and whoever sends more is turned away before it costs anything.
 */
const slackOnly = { Properties: { DefaultRouteSettings: { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 50 } } };

/**
 * The environment of the functions, exactly what they read on start: those that only receive, the one that scores, the one that learns, those that act and speak to
 * Slack, the one that watches and sends itself samples, and the one that Slack calls.
 */
export function environment(
  installation: Installation,
): Record<"receives" | "scores" | "learns" | "acts" | "watches" | "listens", Record<string, Value>> {
  const secret = installation.slackSecret ?? `paramedic/${installation.stage}/slack`;
  // CloudFormation reads the secret when it deploys; the template and its history have only this reference.
  const of = (key: string) => `{{resolve:secretsmanager:${secret}:SecretString:${key}}}`;
  const receives = { PARAMEDIC_TABLE: ref("Table"), PARAMEDIC_REMEDIATE: sub(remediateAlias(installation)) };
  const acts = { ...receives, PARAMEDIC_PAGE_TOPIC: pageTopicArn(installation), SLACK_BOT_TOKEN: of("botToken") };
  const models = { PARAMEDIC_MODELS: ref("Models") };
  return {
    receives,
    scores: { ...receives, ...models },
    learns: { PARAMEDIC_TABLE: ref("Table"), ...models },
    acts,
    watches: { ...acts, PARAMEDIC_BUS: busName(installation) },
    listens: { ...acts, SLACK_SIGNING_SECRET: of("signingSecret") },
  };
}

/** What the functions get only where the installation has it: a VPC, a key, concurrency set aside. */
function ofFunctions({ subnets, securityGroups, kmsKey, spotConcurrency, tracing }: Installation): Extensions {
  return Object.fromEntries(
    functionNames.flatMap((name) => {
      const Properties = {
        ...(subnets && { VpcConfig: { SubnetIds: subnets, SecurityGroupIds: securityGroups } }),
        ...(kmsKey && { KmsKeyArn: kmsKey }),
        ...(tracing && { TracingConfig: { Mode: "Active" } }),
        ...(name === "spot" && spotConcurrency && { ReservedConcurrentExecutions: spotConcurrency }),
      };
      return Object.keys(Properties).length > 0 ? [[functionId(name), { Properties }]] : [];
    }),
  );
}
