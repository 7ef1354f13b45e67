import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { LambdaServiceException } from "@aws-sdk/client-lambda";
import { type ApiReply, answer } from "./lambda-api.ts";
import { limits } from "./limits.ts";
import type { DurableService } from "./service.ts";

/**
 * The service behind HTTP, as a listener for `http.createServer`: point a real `LambdaClient` at it with `endpoint`.
 *
 * Anyone who reaches it may do anything; signatures are not looked at. Bind it to 127.0.0.1.
 */
export const serve =
  (service: DurableService): RequestListener =>
  (request, response) => {
    void respond(service, request).then((reply) => send(response, reply));
  };

async function respond(service: DurableService, request: IncomingMessage): Promise<ApiReply> {
  try {
    // The target is split by hand: URL would normalise what is encoded in it.
    const [path = "", query = ""] = (request.url ?? "").split("?", 2);
    const header = (name: string) => request.headersDistinct[name]?.[0];
    const body = await read(request);
    return await answer(service, {
      method: request.method ?? "",
      path,
      query: new URLSearchParams(query),
      header,
      body,
    });
  } catch (error) {
    return failure(error);
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    // What is over the limit is still read, so that the client hears why; only the first of it is kept.
    if (size <= limits.requestBytes + 1) chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString();
}

function failure(error: unknown): ApiReply {
  const known = error instanceof LambdaServiceException ? error : undefined;
  const name = known?.name ?? "ServiceException";
  const message = known?.message ?? `the local Lambda API failed: ${String(error)}`;
  return {
    status: known?.$metadata.httpStatusCode ?? 500,
    headers: { "x-amzn-errortype": name },
    // The model has `message` for some errors and `Message` for others.
    body: { Type: known?.$fault === "client" ? "User" : "Server", message, Message: message },
  };
}

function send(response: ServerResponse, { status, headers = {}, body, raw }: ApiReply): void {
  const text = raw ?? (body === undefined ? "" : JSON.stringify(body, toEpochSeconds));
  response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(text);
}

/** Dates have turned themselves into strings by the time a replacer sees the value; the holder still has them. */
function toEpochSeconds(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const held = this[key];
  return held instanceof Date ? held.getTime() / 1000 : value;
}
