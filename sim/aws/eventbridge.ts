import type { PutEventsResponse } from "@aws-sdk/client-eventbridge";
import { z } from "zod";
import { acts, instant, wording } from "../operation.ts";
import type { SimulatedService } from "../operation.ts";

const entry = z.strictObject({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().default("default"),
  Resources: z.array(z.string()).default([]),
  Time: instant.optional(),
});

const failed = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });

function readDetail(text: string): z.infer<ReturnType<typeof z.json>> | undefined {
  try {
    return z.json().parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Buses that take what is put on them and hand it to whoever listens to the simulation. */
export const eventbridge: SimulatedService = {
  name: "events",
  target: "AWSEvents",
  wording: wording({
    throttled: "ThrottlingException",
    denied: "AccessDeniedException",
    broken: "InternalException",
    invalid: "ValidationException",
  }),
  operations: {
    PutEvents: acts(
      z.strictObject({ Entries: z.array(entry).min(1).max(10) }),
      (ground, { Entries }): PutEventsResponse => {
        const results = Entries.map(({ Source, DetailType, Detail, EventBusName, Resources }) => {
          if (!Source)
            return failed("InvalidArgument", "Parameter Source is not valid. Reason: Source is a required argument.");
          if (!DetailType)
            return failed(
              "InvalidArgument",
              "Parameter DetailType is not valid. Reason: DetailType is a required argument.",
            );
          if (Source.startsWith("aws."))
            return failed("NotAuthorizedForSourceException", "Not authorized for the source.");
          const detail = readDetail(Detail ?? "");
          if (detail === null || typeof detail !== "object" || Array.isArray(detail))
            return failed("MalformedDetail", "Detail is malformed.");
          const bus = EventBusName.slice(EventBusName.lastIndexOf("/") + 1);
          ground.append(
            ground.world.events,
            [{ at: ground.now(), bus, source: Source, detailType: DetailType, detail }],
            1_000,
          );
          return {
            EventId: ground.emit({ source: Source, detailType: DetailType, resources: Resources, detail }, bus),
          };
        });
        return { FailedEntryCount: results.filter((one) => "ErrorCode" in one).length, Entries: results };
      },
    ),
  },
};
