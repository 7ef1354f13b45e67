import type { Installation } from "./installation.ts";
import { arnOf, prefix, ref, type Resources } from "./names.ts";

/** Who tells of spend through SNS: AWS Budgets, and Cost Anomaly Detection. */
const tellers = ["budgets.amazonaws.com", "costalerts.amazonaws.com"];

/**
 * The topic that people name in their budgets and cost monitors, which tell nobody by themselves. What arrives goes to
 * intake. Not encrypted with a key: these services publish to no topic that is, unless its key lets them.
 *
 * @see https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
 */
export function spendTopic(installation: Pick<Installation, "stage">): Resources {
  return {
    SpendTopic: {
      Type: "AWS::SNS::Topic",
      Properties: { TopicName: `${prefix(installation)}-spend`, DisplayName: "Paramedic: spend" },
    },
    SpendTopicPolicy: {
      Type: "AWS::SNS::TopicPolicy",
      Properties: {
        Topics: [ref("SpendTopic")],
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "SpendOfThisAccount",
              Effect: "Allow",
              Principal: { Service: tellers },
              Action: "sns:Publish",
              Resource: ref("SpendTopic"),
              Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
            },
          ],
        },
      },
    },
    SpendToIntake: {
      Type: "AWS::SNS::Subscription",
      Properties: {
        TopicArn: ref("SpendTopic"),
        Protocol: "sqs",
        Endpoint: arnOf("IntakeQueue"),
        // The notification around it says when and from which account, which the message alone does not.
        RawMessageDelivery: false,
        RedrivePolicy: { deadLetterTargetArn: arnOf("EventDeadLetters") },
      },
    },
  };
}
