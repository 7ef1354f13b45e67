import { GetAliasCommand, ListVersionsByFunctionCommand } from "@aws-sdk/client-lambda";
import { DescribeEndpointCommand } from "@aws-sdk/client-sagemaker";
import { GetParameterHistoryCommand } from "@aws-sdk/client-ssm";
import type { Choice, TrafficLook } from "../../runbook/look/traffic.ts";
import type { ModelSettings } from "../../settings/model.ts";
import type { Aws } from "../clients.ts";
import { isNamed } from "../failure.ts";
import type { Needs } from "./needs.ts";

export const trafficLookPermissions = [
  "lambda:GetAlias",
  "lambda:ListVersionsByFunction",
  "sagemaker:DescribeEndpoint",
  "ssm:GetParameterHistory",
] as const;

/** Endpoints, aliases and prompts as SageMaker, Lambda and Parameter Store show them. */
export function trafficLook({ aws, settings }: Needs): TrafficLook {
  return {
    async choices(service) {
      const { endpoint, alias, prompt } = settings.services.find(({ name }) => name === service)?.model ?? {};
      const found = await Promise.all([
        endpoint && ifThere(endpointNow(aws, endpoint)),
        alias && ifThere(aliasNow(aws, alias)),
        prompt === undefined ? undefined : ifThere(promptNow(aws, prompt)),
      ]);
      return found.filter((choice) => choice !== undefined);
    },
  };
}

/** What is in the settings and no longer in the account has no traffic. SageMaker says so as a validation error. */
async function ifThere(looking: Promise<Choice | undefined>): Promise<Choice | undefined> {
  try {
    return await looking;
  } catch (error) {
    if (isNamed(error, "ResourceNotFoundException", "ValidationException", "ParameterNotFound")) return undefined;
    throw error;
  }
}

async function endpointNow(aws: Aws, { name, stable }: NonNullable<ModelSettings["endpoint"]>): Promise<Choice> {
  const found = await aws.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
  const weights = (found.ProductionVariants ?? []).map(({ VariantName = "", DesiredWeight = 0 }) => [
    VariantName,
    DesiredWeight,
  ]);
  return {
    kind: "endpoint",
    endpoint: name,
    at: found.LastModifiedTime?.getTime() ?? 0,
    isSteady: found.EndpointStatus === "InService",
    stable,
    weights: Object.fromEntries(weights),
  };
}

async function aliasNow(
  aws: Aws,
  { function: name, name: alias }: NonNullable<ModelSettings["alias"]>,
): Promise<Choice> {
  const [{ FunctionVersion = "", RoutingConfig }, versions] = await Promise.all([
    aws.lambda.send(new GetAliasCommand({ FunctionName: name, Name: alias })),
    publishedBy(aws, name),
  ]);
  const shared = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {}).filter(([, share]) => share > 0);
  // While two versions share the traffic, the older of them is the one to go back to.
  const [live = FunctionVersion, sharing] = [FunctionVersion, ...shared.map(([version]) => version)].toSorted(
    newestFirst,
  );
  const earlier = versions.map(({ version }) => version).filter((version) => Number(version) < Number(live));
  const previous = sharing ?? earlier.toSorted(newestFirst)[0];
  return {
    kind: "alias",
    function: name,
    alias,
    at: versions.find(({ version }) => version === live)?.at ?? 0,
    live,
    ...(previous !== undefined && { previous }),
  };
}

const newestFirst = (a: string, b: string): number => Number(b) - Number(a);

/** Every published version with the time of its publication. Lambda answers 50 at a time, oldest first. */
async function publishedBy(aws: Aws, FunctionName: string): Promise<{ version: string; at: number }[]> {
  const all: { version: string; at: number }[] = [];
  let Marker: string | undefined;
  do {
    const { Versions = [], NextMarker } = await aws.lambda.send(
      new ListVersionsByFunctionCommand({ FunctionName, ...(Marker !== undefined && { Marker }) }),
    );
    for (const { Version = "", LastModified = "" } of Versions) {
      if (Version !== "$LATEST") all.push({ version: Version, at: Date.parse(LastModified) });
    }
    Marker = NextMarker;
  } while (Marker !== undefined);
  return all;
}

async function promptNow(aws: Aws, parameter: string): Promise<Choice | undefined> {
  const all: { version: number; text: string; at: number }[] = [];
  let NextToken: string | undefined;
  do {
    const page = await aws.ssm.send(
      new GetParameterHistoryCommand({ Name: parameter, ...(NextToken !== undefined && { NextToken }) }),
    );
    for (const { Version = 0, Value = "", LastModifiedDate } of page.Parameters ?? [])
      all.push({ version: Version, text: Value, at: LastModifiedDate?.getTime() ?? 0 });
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  const live = all.at(-1);
  if (!live) return undefined;
  const previous = all.findLast(({ text }) => text !== live.text)?.version;
  return {
    kind: "prompt",
    parameter,
    at: live.at,
    live: live.version,
    ...(previous !== undefined && { previous }),
  };
}
