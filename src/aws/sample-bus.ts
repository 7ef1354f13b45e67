import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { readFailure } from "./failure.ts";

/** A measured value on its way to the bot; `readSignal` reads it as one point of `Paramedic Metric Sample`. */
export interface Point {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** What became of points that were not delivered. `kept`: certainly not delivered, may be sent again. `lost`: nobody knows. */
export interface Undelivered {
  readonly kind: "kept" | "lost";
  readonly points: readonly Point[];
  readonly why: string;
}

export interface SampleBus {
  /** Sends points as events. Never throws: what was not delivered is the answer. */
  send(points: readonly Point[]): Promise<readonly Undelivered[]>;
}

// PutEvents takes ten entries and 256 kB a request (counted as source, type and detail, in UTF-8). The event around an
// entry adds its envelope, and an SQS target takes 256 kB of that: 24 kB × 10 leaves room for both.
const entriesMax = 10;
const entryBytesMax = 24_000;

/** Why an entry of a request may be refused alone, and be taken the next time. Any other reason will not pass. */
const passing = new Set(["InternalException", "InternalFailure", "ThrottlingException"]);

const envelope = { Source: "paramedic.client", DetailType: "Paramedic Metric Sample" };

/** The bus to which workloads report, in batches that EventBridge takes. */
export function eventBridgeSamples(events: EventBridgeClient, busName: string): SampleBus {
  const put = async (batch: readonly (readonly Point[])[]): Promise<readonly Undelivered[]> => {
    try {
      const { Entries = [] } = await events.send(
        new PutEventsCommand({
          Entries: batch.map((points) => ({ ...envelope, EventBusName: busName, Detail: toDetail(points) })),
        }),
      );
      return batch.flatMap((points, i): Undelivered[] => {
        const { ErrorCode } = Entries[i] ?? {};
        if (ErrorCode === undefined) return [];
        return [{ kind: passing.has(ErrorCode) ? "kept" : "lost", points, why: ErrorCode }];
      });
    } catch (error) {
      const failure = readFailure(error);
      const isKept = failure.kind === "not-applied" && failure.retryable;
      return [{ kind: isKept ? "kept" : "lost", points: batch.flat(), why: failure.why }];
    }
  };
  return {
    async send(points) {
      const entries = pack(points);
      const undelivered: Undelivered[] = [];
      for (let i = 0; i < entries.length; i += entriesMax) {
        undelivered.push(...(await put(entries.slice(i, i + entriesMax))));
      }
      return undelivered;
    },
  };
}

const toDetail = (points: readonly Point[]): string => JSON.stringify({ namespace: "Paramedic", points });

/** Splits points into entries, none above its size. */
function pack(points: readonly Point[]): (readonly Point[])[] {
  const entries: Point[][] = [];
  let room = 0;
  for (const point of points) {
    const bytes = Buffer.byteLength(JSON.stringify(point)) + 1;
    if (entries.length === 0 || bytes > room) {
      entries.push([]);
      room = entryBytesMax - Buffer.byteLength(toDetail([]));
    }
    entries.at(-1)?.push(point);
    room -= bytes;
  }
  return entries;
}
