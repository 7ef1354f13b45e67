import { tableNameOf, tableSchema } from "../src/aws/table.ts";
import type { Installation } from "./installation.ts";
import { arn, arnOf, prefix, ref, type Resources, sub, type Value } from "./names.ts";

/** The intake function's time limit in seconds. Given here because its queue depends on it. */
export const intakeTimeoutSeconds = 30;

/** AWS: the visibility timeout is at least six times the function's, so that a throttled batch is not delivered twice. */
const visibilitySeconds = 6 * intakeTimeoutSeconds;
const modelDays = 60;
/** As long as SQS keeps anything. A dead letter is for people, who have weekends. */
const fourteenDaysSeconds = 14 * 86_400;

/** Where things are kept and lie in wait: the table, the models, the queues, the bus, the topic. */
export function storage({ bus, pageTopic, pageEmail, kmsKey, ...installation }: Installation): Resources {
  return {
    Table: {
      Type: "AWS::DynamoDB::Table",
      // The journal in it is the only way back from what was changed: nothing that happens to the stack deletes it.
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        TableName: tableNameOf(installation.stage),
        ...tableSchema,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
        DeletionProtectionEnabled: true,
        SSESpecification: kmsKey ? { SSEEnabled: true, SSEType: "KMS", KMSMasterKeyId: kmsKey } : { SSEEnabled: false },
      },
    },
    Models: {
      Type: "AWS::S3::Bucket",
      // A bucket that holds something cannot be deleted: the removal of the stack would fail on it.
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            kmsKey
              ? {
                  BucketKeyEnabled: true,
                  ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: kmsKey },
                }
              : { ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } },
          ],
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: "Enabled" },
        LifecycleConfiguration: {
          Rules: [
            {
              Id: "WhatIsNotRenewedGoes",
              Status: "Enabled",
              // As long as the table keeps the detector of a series that is not sent any more.
              ExpirationInDays: modelDays,
              NoncurrentVersionExpiration: { NoncurrentDays: 7 },
            },
          ],
        },
      },
    },
    ModelsPolicy: {
      Type: "AWS::S3::BucketPolicy",
      Properties: {
        Bucket: ref("Models"),
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "NothingUnencrypted",
              Effect: "Deny",
              Principal: "*",
              Action: "s3:*",
              Resource: [arnOf("Models"), sub("${Models.Arn}/*")],
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        },
      },
    },
    IntakeQueue: queue(`${prefix(installation)}-intake`, {
      VisibilityTimeout: visibilitySeconds,
      MessageRetentionPeriod: fourteenDaysSeconds,
      RedrivePolicy: { deadLetterTargetArn: arnOf("IntakeDeadLetters"), maxReceiveCount: 3 },
    }),
    IntakeDeadLetters: queue(`${prefix(installation)}-intake-dead`, {
      MessageRetentionPeriod: fourteenDaysSeconds,
      RedriveAllowPolicy: {
        redrivePermission: "byQueue",
        sourceQueueArns: [sub(arn("sqs", `${prefix(installation)}-intake`))],
      },
    }),
    // What EventBridge could not deliver, and what the functions it invokes gave up on.
    EventDeadLetters: queue(`${prefix(installation)}-events-dead`, { MessageRetentionPeriod: fourteenDaysSeconds }),
    ...(!bus && {
      Bus: {
        Type: "AWS::Events::EventBus",
        Properties: { Name: ownBus, Description: "Metric samples for Paramedic, and what it says has happened" },
      },
      BusPolicy: {
        Type: "AWS::Events::EventBusPolicy",
        Properties: {
          EventBusName: ref("Bus"),
          StatementId: "SamplesFromThisAccount",
          Statement: {
            Effect: "Allow",
            Principal: { AWS: sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root") },
            Action: "events:PutEvents",
            Resource: arnOf("Bus"),
            Condition: {
              StringEquals: { "events:detail-type": ["Paramedic Metric Sample", "Paramedic Circuit Transition"] },
            },
          },
        },
      },
    }),
    ...(!pageTopic && {
      PageTopic: {
        Type: "AWS::SNS::Topic",
        Properties: { TopicName: `${prefix(installation)}-page`, DisplayName: "Paramedic" },
      },
    }),
    ...(pageEmail && {
      PageByEmail: {
        Type: "AWS::SNS::Subscription",
        Properties: { TopicArn: ref("PageTopic"), Protocol: "email", Endpoint: pageEmail },
      },
    }),
  };
}

const ownBus = "paramedic";

export const busName = ({ bus }: Pick<Installation, "bus">): string => bus ?? ownBus;
export const pageTopicArn = ({ pageTopic }: Pick<Installation, "pageTopic">): Value => pageTopic ?? ref("PageTopic");

/** Encrypted with SQS's own keys: with a customer's key, EventBridge could not send without a change to that key's policy. */
const queue = (name: string, properties: Record<string, unknown>) => ({
  Type: "AWS::SQS::Queue",
  Properties: { QueueName: name, SqsManagedSseEnabled: true, ...properties },
});
