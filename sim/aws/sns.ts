import type { PublishResponse } from "@aws-sdk/client-sns";
import { z } from "zod";
import { SimError } from "../error.ts";
import { acts, wording } from "../operation.ts";
import type { SimulatedService } from "../operation.ts";

/** Topics that keep what was published. Nobody is subscribed: the messages are in the world, under the topic's ARN. */
export const sns: SimulatedService = {
  name: "sns",
  target: "AmazonSimpleNotificationService",
  wording: wording(
    {
      throttled: "ThrottledException",
      denied: "AuthorizationErrorException",
      broken: "InternalErrorException",
      invalid: "InvalidParameterException",
    },
    { throttled: 429, denied: 403 },
  ),
  operations: {
    Publish: acts(
      z.strictObject({
        TopicArn: z.string(),
        Message: z.string().min(1),
        Subject: z.string().max(100).optional(),
        MessageAttributes: z.json().optional(),
      }),
      (ground, { TopicArn, Message, Subject, MessageAttributes }): PublishResponse => {
        const topic = ground.world.topics[TopicArn];
        if (!topic) throw new SimError("NotFoundException", "Topic does not exist", 404);
        const notice = {
          at: ground.now(),
          message: Message,
          ...(Subject === undefined ? {} : { subject: Subject }),
          ...(MessageAttributes === undefined ? {} : { attributes: MessageAttributes }),
        };
        ground.append(topic, [notice], 1_000);
        return { MessageId: ground.uuid() };
      },
    ),
  },
};
