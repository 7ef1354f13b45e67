import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { PublishCommand } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { given, start } from "./given.ts";

describe("SNS in the simulation", () => {
  it("keeps what is published", async () => {
    const { sns, sim } = given();
    const TopicArn = sim.seed.topic("pages");

    await sns.send(new PublishCommand({ TopicArn, Subject: "halt", Message: "somebody look" }));
    expect(sim.world.topics[TopicArn]).toEqual([{ at: start, subject: "halt", message: "somebody look" }]);
    await expect(sns.send(new PublishCommand({ TopicArn: `${TopicArn}x`, Message: "m" }))).rejects.toMatchObject({
      name: "NotFoundException",
    });
  });
});

describe("EventBridge in the simulation", () => {
  it("delivers what is put, and reports entry by entry what it does not take", async () => {
    const buses: string[] = [];
    const { eventbridge, events } = given();
    const named = given({ emit: (_, bus) => buses.push(bus) });
    const good = { Source: "app", DetailType: "metric sample", Detail: '{"value":1}', EventBusName: "paramedic" };

    const answer = await eventbridge.send(
      new PutEventsCommand({
        Entries: [good, { ...good, Detail: "{" }, { ...good, Source: "aws.ec2" }, { Detail: "{}" }],
      }),
    );
    await named.eventbridge.send(new PutEventsCommand({ Entries: [good] }));

    expect(answer.FailedEntryCount).toBe(3);
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      "MalformedDetail",
      "NotAuthorizedForSourceException",
      "InvalidArgument",
    ]);
    expect(events).toMatchObject([
      { id: answer.Entries?.[0]?.EventId, source: "app", "detail-type": "metric sample", detail: { value: 1 } },
    ]);
    expect(buses).toEqual(["paramedic"]);
  });
});
