import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { AthenaClient } from "@aws-sdk/client-athena";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { BatchClient } from "@aws-sdk/client-batch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";

/** The clients that actions are given. */
export interface Aws {
  readonly applicationAutoscaling: ApplicationAutoScalingClient;
  readonly athena: AthenaClient;
  readonly autoscaling: AutoScalingClient;
  readonly batch: BatchClient;
  readonly ecs: ECSClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly lambda: LambdaClient;
  readonly sagemaker: SageMakerClient;
  readonly sqs: SQSClient;
  readonly ssm: SSMClient;
}

/**
 * Time limits for every call. Without `throwOnRequestTimeout` the SDK only logs a warning and a hung connection hangs
 * for ever; 5 s is far above what these calls take and far below what a remediation may wait.
 */
const requestHandler = { connectionTimeout: 1_500, requestTimeout: 5_000, throwOnRequestTimeout: true };

/** Reads are repeated by the SDK: a read has no effect that could happen twice. */
export const reading = { maxAttempts: 3, requestHandler };

/**
 * Changes are never repeated by the SDK: when the answer to a change is lost, a repeat would make it twice. The engine
 * asks the action's `probe` first.
 */
export const acting = { maxAttempts: 1, requestHandler };

type ClientSettings = typeof reading & { region?: string };

/**
 * Real clients for the account or for whatever `AWS_ENDPOINT_URL` names. `notJson` is set by the local stack only: it makes
 * the clients of services with another protocol speak AWS JSON.
 */
export function createAws(settings: ClientSettings, notJson: object = {}): Aws {
  return {
    applicationAutoscaling: new ApplicationAutoScalingClient(settings),
    athena: new AthenaClient(settings),
    autoscaling: new AutoScalingClient({ ...settings, ...notJson }),
    batch: new BatchClient({ ...settings, ...notJson }),
    ecs: new ECSClient(settings),
    elb: new ElasticLoadBalancingV2Client({ ...settings, ...notJson }),
    lambda: new LambdaClient({ ...settings, ...notJson }),
    sagemaker: new SageMakerClient(settings),
    sqs: new SQSClient(settings),
    ssm: new SSMClient(settings),
  };
}

/** The client of the bot's own table. Its writes are conditional, so the SDK may repeat them. */
export function createDynamo(settings: ClientSettings = reading): DynamoDBClient {
  return new DynamoDBClient(settings);
}
