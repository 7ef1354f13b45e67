import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { BotError } from "../bot-error.ts";
import type { Json } from "../json.ts";

/** Something that has happened, for whoever wants to know. `docs/architecture.md` lists the types. */
export interface Fact {
  /** What EventBridge calls its detail-type, such as `Paramedic Incident Closed`. */
  readonly type: string;
  readonly detail: Json;
}

export interface FactBus {
  /** Puts facts on the bus. @throws BotError `aws_failed` (retryable) when some were not taken: then all may be told again. */
  tell(facts: readonly Fact[]): Promise<void>;
}

/** What PutEvents takes at once. */
const entriesMax = 10;

/** The bus on which the bot and its client say what has happened. `Source` says which of the two it was. */
export const eventBridgeFacts = (events: EventBridgeClient, busName: string, Source: string): FactBus => ({
  async tell(facts) {
    for (let i = 0; i < facts.length; i += entriesMax) {
      const Entries = facts.slice(i, i + entriesMax).map(({ type, detail }) => ({
        Source,
        DetailType: type,
        Detail: JSON.stringify(detail),
        EventBusName: busName,
      }));
      const { FailedEntryCount = 0, Entries: said = [] } = await events.send(new PutEventsCommand({ Entries }));
      if (FailedEntryCount === 0) continue;
      const codes = [...new Set(said.flatMap(({ ErrorCode }) => ErrorCode ?? []))].join(", ");
      throw new BotError("aws_failed", `telling ${busName} what has happened: ${codes}`, { retryable: true });
    }
  },
});
