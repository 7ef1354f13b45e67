import { z } from "zod";
import { invalid, notFound } from "./aws-errors.ts";
import { limits } from "./limits.ts";
import { functionArn, readFunction, version } from "./names.ts";
import { type ErrorObject, errorObject } from "./operation.ts";
import type { Described } from "./described.ts";
import { checkPayload } from "./payload.ts";
import type { DurableService } from "./service.ts";
import { executionStatus } from "./store.ts";
import { update } from "./update.ts";

/** A request to the Lambda API, off the wire. */
export interface ApiRequest {
  readonly method: string;
  /** Still encoded, so that an ARN with slashes is one segment. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

/** `body` is sent as JSON with dates as epoch seconds, `raw` as it is. */
export interface ApiReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly raw?: string;
}

/** One page of an answer; AWS allows up to 1,000 items. */
const pageSize = 1_000;

/**
 * What the Lambda API answers, for the operations that durable executions need: Invoke, the durable-execution family,
 * callbacks, and the list by function. Routes and names are those of client-lambda 3.1162.
 *
 * @throws the exception classes of client-lambda
 */
export async function answer(service: DurableService, request: ApiRequest): Promise<ApiReply> {
  const [date, family, id = "", verb = ""] = request.path.split("/").slice(1).map(decodeURIComponent);
  const route = `${request.method} ${date}/${family}/${verb}`;
  switch (route) {
    case "POST 2015-03-31/functions/invocations":
      return invoke(service, id, request);
    case "POST 2025-12-01/durable-executions/checkpoint":
      return checkpoint(service, id, request);
    case "GET 2025-12-01/durable-executions/state":
      return state(service, id, request);
    case "GET 2025-12-01/durable-executions/history":
      return history(service, id, request);
    case "POST 2025-12-01/durable-executions/stop": {
      const { stoppedAt } = service.stop(id, readErrorObject(request.body));
      return { status: 200, body: { StopTimestamp: new Date(stoppedAt) } };
    }
    case "GET 2025-12-01/durable-executions/":
      return { status: 200, body: toExecution(service, service.describe(id), withData(request)) };
    case "POST 2025-12-01/durable-execution-callbacks/succeed":
      service.completeCallback(id, { kind: "succeed", result: request.body === "" ? undefined : request.body });
      return { status: 200, body: {} };
    case "POST 2025-12-01/durable-execution-callbacks/fail":
      service.completeCallback(id, { kind: "fail", error: readErrorObject(request.body) });
      return { status: 200, body: {} };
    case "POST 2025-12-01/durable-execution-callbacks/heartbeat":
      service.completeCallback(id, { kind: "heartbeat" });
      return { status: 200, body: {} };
    case "GET 2025-12-01/functions/durable-executions":
      return list(service, id, request);
    default:
      throw notFound(`The local Lambda API has no ${request.method} ${request.path}`);
  }
}

async function invoke(service: DurableService, fn: string, { query, header, body }: ApiRequest): Promise<ApiReply> {
  const { name, qualifier, executionTimeoutMs } = service.find(fn, query.get("Qualifier") ?? undefined);
  const executionName = header("x-amz-durable-execution-name");
  const type = header("x-amz-invocation-type") ?? "RequestResponse";
  const payload = readJson(body);
  const isDurable = executionTimeoutMs !== undefined;
  if (isDurable && qualifier === undefined)
    throw invalid("You cannot invoke a durable function using an unqualified ARN.");
  if (!isDurable && executionName !== undefined)
    throw invalid("DurableExecutionName can only be given to durable functions.");
  if (type === "DryRun") return { status: 204 };
  const executed = { "X-Amz-Executed-Version": isDurable ? version : "$LATEST" };
  if (!isDurable) {
    if (type === "Event") {
      service.send(fn, payload);
      return { status: 202, headers: executed };
    }
    const returned = await service.invoke(fn, payload);
    if (returned.kind === "succeeded") return { status: 200, headers: executed, raw: returned.payload };
    return failed(returned.error, executed);
  }
  if (type !== "Event" && executionTimeoutMs > limits.synchronousMs)
    throw invalid(
      "You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes.",
    );
  const { arn } = service.start(name, { name: executionName, payload });
  const headers = { ...executed, "X-Amz-Durable-Execution-Arn": arn };
  if (type === "Event") return { status: 202, headers };
  const { status, result, error } = await service.ended(arn);
  return status === "SUCCEEDED" ? { status: 200, headers, raw: result ?? "null" } : failed(error, headers);
}

const failed = (
  { ErrorType, ErrorMessage, StackTrace }: ErrorObject = {},
  headers: Record<string, string>,
): ApiReply => ({
  status: 200,
  headers: { ...headers, "X-Amz-Function-Error": "Unhandled" },
  body: { errorType: ErrorType, errorMessage: ErrorMessage, trace: StackTrace },
});

const checkpointBody = z.object({ CheckpointToken: z.string(), Updates: z.array(update).optional() });
const staleToken = () => invalid("Invalid checkpoint token");

function checkpoint(service: DurableService, arn: string, { body }: ApiRequest): ApiReply {
  const request = checkpointBody.safeParse(JSON.parse(readJson(body)));
  if (!request.success) throw invalid(request.error.message);
  const reply = service.checkpoint(arn, request.data.CheckpointToken, request.data.Updates ?? []);
  if (reply.kind === "stale") throw staleToken();
  return { status: 200, body: { CheckpointToken: reply.token, NewExecutionState: { Operations: reply.operations } } };
}

function state(service: DurableService, arn: string, request: ApiRequest): ApiReply {
  const operations = service.state(arn, request.query.get("CheckpointToken") ?? "");
  if (!operations) throw staleToken();
  const { items: Operations, NextMarker } = page(operations, request);
  return { status: 200, body: { Operations, NextMarker } };
}

function history(service: DurableService, arn: string, request: ApiRequest): ApiReply {
  const events = service.history(arn, { withData: withData(request) });
  const { items: Events, NextMarker } = page(isReverse(request) ? events.toReversed() : events, request);
  return { status: 200, body: { Events, NextMarker } };
}

function list(service: DurableService, fn: string, request: ApiRequest): ApiReply {
  const { query } = request;
  const { name } = readFunction(fn, query.get("Qualifier") ?? undefined);
  const statuses = z.array(executionStatus).safeParse(query.getAll("Statuses"));
  if (!statuses.success) throw invalid(statuses.error.message);
  const wanted = query.get("DurableExecutionName");
  const [after, before] = [readTime(query.get("StartedAfter")), readTime(query.get("StartedBefore"))];
  const found = service
    .list()
    .filter(
      (one) =>
        one.fn === name &&
        (wanted === null || one.name === wanted) &&
        (statuses.data.length === 0 || statuses.data.includes(one.status)) &&
        (after === undefined || one.startedAt > after) &&
        (before === undefined || one.startedAt < before),
    );
  const { items, NextMarker } = page(isReverse(request) ? found.toReversed() : found, request);
  return { status: 200, body: { DurableExecutions: items.map((one) => toSummary(service, one)), NextMarker } };
}

const toSummary = ({ place }: DurableService, one: Omit<Described, "operations">) => ({
  DurableExecutionArn: one.arn,
  DurableExecutionName: one.name,
  FunctionArn: functionArn(place, one.fn, version),
  Status: one.status,
  StartTimestamp: new Date(one.startedAt),
  ...(one.endedAt !== undefined && { EndTimestamp: new Date(one.endedAt) }),
});

const toExecution = (service: DurableService, one: Described, ExecutionDataIncluded: boolean) => ({
  ...toSummary(service, one),
  Version: version,
  ExecutionDataIncluded,
  ...(ExecutionDataIncluded && { InputPayload: one.payload, Result: one.result, Error: one.error }),
});

const withData = ({ query }: ApiRequest) => query.get("IncludeExecutionData") !== "false";
const isReverse = ({ query }: ApiRequest) => query.get("ReverseOrder") === "true";

/** A marker is the number of items that came before. */
function page<T>(all: readonly T[], { query }: ApiRequest): { items: readonly T[]; NextMarker?: string } {
  const from = Number(query.get("Marker") || 0);
  const asked = Number(query.get("MaxItems") || pageSize);
  if (!Number.isInteger(from) || !Number.isInteger(asked)) throw invalid("Marker or MaxItems is not valid.");
  const to = from + Math.min(asked || pageSize, pageSize);
  return { items: all.slice(from, to), ...(to < all.length && { NextMarker: String(to) }) };
}

function readTime(text: string | null): number | undefined {
  if (text === null) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw invalid(`${text} is not a time.`);
  return at;
}

/** Nothing at all counts as an empty object, as with Lambda. */
function readJson(body: string): string {
  const json = body.trim() === "" ? "{}" : body;
  checkPayload(json, limits.requestBytes);
  return json;
}

function readErrorObject(body: string): ErrorObject {
  const read = errorObject.safeParse(JSON.parse(readJson(body)));
  if (!read.success) throw invalid(read.error.message);
  return read.data;
}
