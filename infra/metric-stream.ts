import { BotError } from "../src/bot-error.ts";
import { namedMetrics } from "../src/settings/named-metrics.ts";
import { arn, arnOf, functionId, prefix, type Resources, sub, type Value } from "./names.ts";
import type { Deployed } from "./permissions.ts";

/** What CloudWatch streams of every metric by itself; other statistics are asked for one by one. */
const always = ["Average", "Maximum", "Minimum", "Sum", "SampleCount"];

/**
 * Where the installation asks for it: a metric stream of what the settings name, and the Firehose that hands it to intake.
 * Firehose keeps nothing of what intake has taken. What intake could not take three times lies in the bucket for 14 days.
 *
 * @throws BotError `bad_setting` where the settings name no metric of CloudWatch, so that there would be nothing to stream.
 */
export function metricStream({ installation, settings }: Deployed): Resources {
  if (!installation.metricStream) return {};
  const metrics = namedMetrics(settings);
  if (metrics.length === 0)
    throw new BotError("bad_setting", "packaging: metricStream=on, and paramedic.config.ts names no metric to stream");
  const names = [...Map.groupBy(metrics, ({ namespace }) => namespace)].map(([Namespace, of]) => ({
    Namespace,
    MetricNames: [...new Set(of.map(({ name }) => name))],
  }));
  const additional = metrics.filter(({ stat }) => !always.includes(stat));
  const boundary = installation.permissionsBoundary && { PermissionsBoundary: installation.permissionsBoundary };
  const role = (service: string, says: string, Statement: readonly object[]) => ({
    Type: "AWS::IAM::Role",
    Properties: {
      Description: says,
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: service },
            Action: "sts:AssumeRole",
            Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
          },
        ],
      },
      ...boundary,
      Policies: [{ PolicyName: "stream", PolicyDocument: { Version: "2012-10-17", Statement } }],
    },
  });
  const intake = arnOf(functionId("intake"));
  const bucketObjects: Value = { "Fn::Sub": "${StreamFailures.Arn}/*" };
  const firehose = sub(arn("firehose", `deliverystream/${prefix(installation)}-metrics`));
  return {
    MetricStream: {
      Type: "AWS::CloudWatch::MetricStream",
      Properties: {
        Name: `${prefix(installation)}-metrics`,
        FirehoseArn: arnOf("MetricDelivery"),
        RoleArn: arnOf("MetricStreamRole"),
        OutputFormat: "json",
        IncludeFilters: names,
        ...(additional.length > 0 && {
          StatisticsConfigurations: [...Map.groupBy(additional, ({ stat }) => stat)].map(([stat, of]) => ({
            AdditionalStatistics: [stat],
            IncludeMetrics: distinct(of.map(({ namespace, name }) => ({ Namespace: namespace, MetricName: name }))),
          })),
        }),
      },
    },
    MetricDelivery: {
      Type: "AWS::KinesisFirehose::DeliveryStream",
      Properties: {
        DeliveryStreamName: `${prefix(installation)}-metrics`,
        DeliveryStreamType: "DirectPut",
        DeliveryStreamEncryptionConfigurationInput: { KeyType: "AWS_OWNED_CMK" },
        ExtendedS3DestinationConfiguration: {
          BucketARN: arnOf("StreamFailures"),
          RoleARN: arnOf("MetricDeliveryRole"),
          ErrorOutputPrefix: "!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/",
          Prefix: "delivered/!{timestamp:yyyy-MM-dd}/",
          CompressionFormat: "GZIP",
          ProcessingConfiguration: {
            Enabled: true,
            Processors: [
              {
                Type: "Lambda",
                Parameters: [
                  { ParameterName: "LambdaArn", ParameterValue: intake },
                  { ParameterName: "RoleArn", ParameterValue: arnOf("MetricDeliveryRole") },
                  { ParameterName: "NumberOfRetries", ParameterValue: "3" },
                  // The least that Firehose gathers, in MB: about six hundred lines, which intake takes in a few seconds.
                  { ParameterName: "BufferSizeInMBs", ParameterValue: "0.2" },
                  { ParameterName: "BufferIntervalInSeconds", ParameterValue: "60" },
                ],
              },
            ],
          },
        },
      },
    },
    StreamFailures: {
      Type: "AWS::S3::Bucket",
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        // As long as dead letters of queues.
        LifecycleConfiguration: { Rules: [{ Status: "Enabled", ExpirationInDays: 14 }] },
      },
    },
    MetricStreamRole: role("streams.metrics.cloudwatch.amazonaws.com", "What Paramedic's metric stream may do", [
      { Effect: "Allow", Action: ["firehose:PutRecord", "firehose:PutRecordBatch"], Resource: [firehose] },
    ]),
    MetricDeliveryRole: role("firehose.amazonaws.com", "What Paramedic's delivery of metrics may do", [
      {
        Effect: "Allow",
        Action: ["lambda:InvokeFunction"],
        Resource: [intake, { "Fn::Sub": "${IntakeLambdaFunction.Arn}:*" }],
      },
      {
        Effect: "Allow",
        Action: ["s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:ListBucket", "s3:PutObject"],
        Resource: [arnOf("StreamFailures"), bucketObjects],
      },
    ]),
  };
}

/** Each once, by what it is. */
const distinct = <T>(list: readonly T[]): T[] => [...new Map(list.map((one) => [JSON.stringify(one), one])).values()];
