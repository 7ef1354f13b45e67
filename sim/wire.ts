import { gunzipSync } from "node:zlib";
import { SimError, notSimulated } from "./error.ts";
import type { ServiceName, SimulatedService } from "./operation.ts";

/** How a call ended, as the network shows it. */
export type Reply =
  | { readonly kind: "output"; readonly output: object }
  | { readonly kind: "error"; readonly error: SimError }
  /** The connection broke: the caller cannot know whether the call was applied. */
  | { readonly kind: "dropped" }
  /** Nobody will ever answer. */
  | { readonly kind: "hangs" };

export type Ask = (service: ServiceName, operation: string, input: unknown) => Promise<Reply>;

/** An answer in AWS JSON. */
export interface WireAnswer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What goes over the wire, as text: times are seconds since the epoch, as AWS JSON has them. */
export const toWire = (value: unknown): string =>
  JSON.stringify(value, function (this: unknown, key: string, inner: unknown) {
    if (typeof inner !== "string") return inner;
    // By now `toJSON` has made a text of a Date; the holder still has the Date.
    const before: unknown = typeof this === "object" && this !== null ? Reflect.get(this, key) : inner;
    return before instanceof Date ? before.getTime() / 1000 : inner;
  });

/** SQS also says the code it had in its query days, and the SDK wants to know. */
const queryNames: Record<string, string> = { QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue" };

export interface WireRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

export type Answer = (request: WireRequest) => Promise<WireAnswer | "dropped" | "hangs">;

const header = ({ headers }: WireRequest, name: string): string => String(headers[name] ?? "");

/** The text of a body; the SDK compresses large ones by itself (PutMetricData from 10 KiB). */
function bodyOf(request: WireRequest): string {
  const zipped = header(request, "content-encoding") === "gzip";
  return new TextDecoder().decode(zipped ? gunzipSync(request.body) : request.body) || "{}";
}

/** Answers requests in AWS JSON: both doors lead here. Request ids count up, so that two runs of a test print the same. */
export function createAnswer(services: readonly SimulatedService[], ask: Ask): Answer {
  let requests = 0;
  return async (request) => {
    const [target, operation = ""] = header(request, "x-amz-target").split(".");
    const service = services.find((one) => one.target === target);
    const reply: Reply = service
      ? await ask(service.name, operation, JSON.parse(bodyOf(request)))
      : { kind: "error", error: notSimulated(`X-Amz-Target ${header(request, "x-amz-target")}`) };
    if (reply.kind === "dropped" || reply.kind === "hangs") return reply.kind;

    requests += 1;
    const headers = {
      "content-type": header(request, "content-type") || "application/x-amz-json-1.1",
      "x-amzn-requestid": `00000000-0000-4000-8000-${String(requests).padStart(12, "0")}`,
    };
    if (reply.kind === "output") return { statusCode: 200, headers, body: toWire(reply.output) };
    const { name, message, status, fault } = reply.error;
    const query = { "x-amzn-query-error": `${queryNames[name] ?? name};${fault === "client" ? "Sender" : "Receiver"}` };
    return {
      statusCode: status,
      headers: service?.name === "sqs" ? { ...headers, ...query } : headers,
      body: JSON.stringify({ __type: name, message }),
    };
  };
}
