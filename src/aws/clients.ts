import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { AthenaClient } from "@aws-sdk/client-athena";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { BatchClient } from "@aws-sdk/client-batch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { CallLimits } from "./calls.ts";

export { acting, createDynamo, reading } from "./calls.ts";

/** The clients that actions are given. */
export interface Aws {
  readonly applicationAutoscaling: ApplicationAutoScalingClient;
  readonly athena: AthenaClient;
  readonly autoscaling: AutoScalingClient;
  readonly batch: BatchClient;
  /** For the circuits that workloads share; the bot's own state is written by a client of its own, which may repeat. */
  readonly dynamodb: DynamoDBClient;
  readonly ec2: EC2Client;
  readonly ecs: ECSClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly lambda: LambdaClient;
  readonly sagemaker: SageMakerClient;
  readonly sqs: SQSClient;
  readonly ssm: SSMClient;
}

/** What is done with each client when it is made: nothing, unless somebody points it elsewhere. */
type Prepare = <C extends Aws[keyof Aws]>(client: C) => C;

/**
 * Real clients for the account or for whatever `AWS_ENDPOINT_URL` names, each made when it is first used: most executions
 * use three. `notJson` is set by the local stack only: it makes the clients of services with another protocol speak AWS JSON.
 */
export function createAws(settings: CallLimits, notJson: object = {}, prepare: Prepare = (client) => client): Aws {
  const asJson = { ...settings, ...notJson };
  return lazily({
    applicationAutoscaling: () => prepare(new ApplicationAutoScalingClient(settings)),
    athena: () => prepare(new AthenaClient(settings)),
    autoscaling: () => prepare(new AutoScalingClient(asJson)),
    batch: () => prepare(new BatchClient(asJson)),
    dynamodb: () => prepare(new DynamoDBClient(settings)),
    ec2: () => prepare(new EC2Client(asJson)),
    ecs: () => prepare(new ECSClient(settings)),
    elb: () => prepare(new ElasticLoadBalancingV2Client(asJson)),
    lambda: () => prepare(new LambdaClient(asJson)),
    sagemaker: () => prepare(new SageMakerClient(settings)),
    sqs: () => prepare(new SQSClient(settings)),
    ssm: () => prepare(new SSMClient(settings)),
  });
}

/** An object whose fields are made when they are first read. */
function lazily<T extends Record<string, () => unknown>>(
  makers: T,
): { readonly [Name in keyof T]: ReturnType<T[Name]> } {
  const all = {};
  for (const [name, make] of Object.entries(makers)) {
    let made: unknown;
    Object.defineProperty(all, name, { enumerable: true, get: () => (made ??= make()) });
  }
  return all as { readonly [Name in keyof T]: ReturnType<T[Name]> };
}
