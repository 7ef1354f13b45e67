import { alarms } from "./alarms.ts";
import { dashboard } from "./dashboard.ts";
import { functionId, functionNames, ref, remediateAlias, type Resources, sub, type Value } from "./names.ts";
import type { Deployed } from "./permissions.ts";
import { roles } from "./roles.ts";
import { rules } from "./rules.ts";
import type { Installation } from "./installation.ts";
import { busName, pageTopicArn, storage } from "./storage.ts";

/** Everything besides the functions themselves: what serverless.yml includes as `resources`. */
export function resources(deployed: Deployed) {
  const { installation } = deployed;
  const all: Resources = {
    ...storage(installation),
    ...rules(installation),
    ...roles(deployed),
    ...alarms(installation),
    ...dashboard(installation),
  };
  return {
    Description: "Paramedic: the first responder for AI workloads",
    Resources: all,
    extensions: ofFunctions(installation),
    Outputs: {
      SamplesBus: { Description: "Bus that workloads send metric samples to", Value: busName(installation) },
      PageTopicArn: { Description: "Topic that wakes people", Value: pageTopicArn(installation) },
    },
  };
}

/** The environment of the functions: exactly what `awsWorld` reads; for those that speak to Slack, and the one it calls. */
export function environment(installation: Installation): Record<"world" | "speaks" | "listens", Record<string, Value>> {
  const world = {
    PARAMEDIC_TABLE: ref("Table"),
    PARAMEDIC_REMEDIATE: sub(remediateAlias(installation)),
    PARAMEDIC_PAGE_TOPIC: pageTopicArn(installation),
  };
  const secret = installation.slackSecret ?? `paramedic/${installation.stage}/slack`;
  // CloudFormation reads the secret when it deploys; the template and its history have only this reference.
  const of = (key: string) => `{{resolve:secretsmanager:${secret}:SecretString:${key}}}`;
  const speaks = { SLACK_BOT_TOKEN: of("botToken") };
  return { world, speaks, listens: { ...speaks, SLACK_SIGNING_SECRET: of("signingSecret") } };
}

/** What the functions get only where the installation has it: a VPC, a key, concurrency set aside. */
function ofFunctions({ subnets, securityGroups, kmsKey, spotConcurrency }: Installation) {
  return Object.fromEntries(
    functionNames.flatMap((name) => {
      const Properties = {
        ...(subnets && { VpcConfig: { SubnetIds: subnets, SecurityGroupIds: securityGroups } }),
        ...(kmsKey && { KmsKeyArn: kmsKey }),
        ...(name === "spot" && spotConcurrency && { ReservedConcurrentExecutions: spotConcurrency }),
      };
      return Object.keys(Properties).length > 0 ? [[functionId(name), { Properties }]] : [];
    }),
  );
}
