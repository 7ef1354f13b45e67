import { z } from "zod";
import { accountIn, arn } from "./arn.ts";
import { word } from "./event.ts";
import { moment } from "./moment.ts";

/**
 * A notification of SNS, as a queue gets it (without raw delivery) and as the `Sns` of a Lambda record. The two spell some
 * fields in different ways (`SigningCertURL`, `SigningCertUrl`), but none of these.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export const notification = z
  .object({
    Type: z.literal("Notification"),
    MessageId: word,
    TopicArn: arn("sns"),
    Timestamp: moment,
    Message: z.string(),
  })
  .transform(({ MessageId: id, TopicArn: topic, Timestamp: at, Message: message }) => ({
    id,
    at,
    account: accountIn(topic),
    message,
  }));
