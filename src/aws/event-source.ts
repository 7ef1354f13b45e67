import { GetEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import type { Aws } from "./clients.ts";
import { isNamed } from "./failure.ts";

/** An event source mapping as Lambda has it now. */
export interface EventSource {
  readonly state: string;
  /** It reads from a queue of SQS. */
  readonly isQueue: boolean;
  /** How many of the function it may keep busy at once; `null`: as many as there are. */
  readonly maximum: number | null;
}

/** `undefined`: there is none, or it is being deleted. */
export async function readEventSource({ lambda }: Aws, UUID: string): Promise<EventSource | undefined> {
  try {
    const found = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
    const { State: state = "", EventSourceArn = "", ScalingConfig } = found;
    if (state === "Deleting") return undefined;
    return {
      state,
      isQueue: EventSourceArn.split(":")[2] === "sqs",
      maximum: ScalingConfig?.MaximumConcurrency ?? null,
    };
  } catch (error) {
    if (isNamed(error, "ResourceNotFoundException")) return undefined;
    throw error;
  }
}
