/**
 * What no role of the bot may ever do, whatever an action declares: who may do what, the organisation, the record of what
 * happened, the bot itself, and deleting what cannot be put back. Denied explicitly, so that no other policy can allow it.
 */
export const forbidden = [
  // Identities, organisation, account.
  // All of IAM but passing a role, which making a task definition or a training job again takes: that is allowed for the
  // roles that the settings name, and for no other.
  ...[
    ..."Accept Add Associate Attach Change Create Deactivate Delete Detach Disable Enable Generate Get List Put".split(
      " ",
    ),
    ..."Reject Remove Reset Resync Send Set Simulate Tag Untag Update Upload".split(" "),
  ].map((verb) => `iam:${verb}*`),
  "organizations:*",
  "account:*",
  "sso:*",
  "identitystore:*",
  "sts:AssumeRole*",
  "sts:GetFederationToken",
  // The record of what happened.
  "cloudtrail:*",
  "config:*",
  "logs:Delete*",
  "cloudwatch:DeleteAlarms",
  "cloudwatch:DisableAlarmActions",
  // The bot itself, and other people's stacks and secrets.
  "cloudformation:*",
  "secretsmanager:*",
  "lambda:UpdateFunctionCode",
  "lambda:AddPermission",
  "lambda:RemovePermission",
  // Who may use what.
  "kms:PutKeyPolicy",
  "kms:CreateGrant",
  "kms:ScheduleKeyDeletion",
  "kms:DisableKey",
  "s3:PutBucketPolicy",
  "s3:PutBucketAcl",
  "sqs:AddPermission",
  "sns:AddPermission",
  "events:PutPermission",
  // What does not come back.
  "autoscaling:Delete*",
  "batch:Delete*",
  "dynamodb:Delete*",
  "dynamodb:UpdateContinuousBackups",
  "ec2:DeleteVolume",
  "ec2:DeleteSnapshot",
  "ec2:DeleteLaunchTemplate*",
  "ec2:DeleteVpc",
  "ecs:Delete*",
  "elasticloadbalancing:Delete*",
  // Not all of `lambda:Delete*`: taking a function's concurrency limit away is how a limit of ours goes back.
  "lambda:DeleteAlias",
  "lambda:DeleteCodeSigningConfig",
  "lambda:DeleteEventSourceMapping",
  "lambda:DeleteFunction",
  "lambda:DeleteFunctionCodeSigningConfig",
  "lambda:DeleteFunctionEventInvokeConfig",
  "lambda:DeleteFunctionUrlConfig",
  "lambda:DeleteLayerVersion",
  "lambda:DeleteProvisionedConcurrencyConfig",
  "rds:Delete*",
  "s3:Delete*",
  "sagemaker:Delete*",
  "sns:DeleteTopic",
  "sqs:DeleteQueue",
  "sqs:PurgeQueue",
  "ssm:DeleteParameter*",
] as const;

/** The entry that forbids an IAM action, if one does. */
export function forbiddenBy(action: string): string | undefined {
  return forbidden.find((entry) => {
    const given = action.toLowerCase();
    const denied = entry.toLowerCase();
    return denied.endsWith("*") ? given.startsWith(denied.slice(0, -1)) : given === denied;
  });
}
