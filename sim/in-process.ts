import { AwsJson1_1Protocol } from "@aws-sdk/core/protocols";
import { notSimulated } from "./error.ts";
import type { Answer } from "./wire.ts";

/** As much of an SDK v3 client as the door needs. */
export interface SdkClient {
  readonly config: {
    readonly protocolSettings?: unknown;
    protocol?: unknown;
    requestHandler?: unknown;
    credentials?: unknown;
  };
  readonly middlewareStack: { remove(name: string): boolean };
}

interface SdkRequest {
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}

interface SendOptions {
  readonly abortSignal?: AbortSignal;
  readonly requestTimeout?: number;
}

type ProtocolSettings = ConstructorParameters<typeof AwsJson1_1Protocol>[0];

/**
 * Points a real client at the simulation without a network: everything of the SDK runs except signing and sockets.
 *
 * The seam is the client's request handler, below retries and deserialising, so the SDK's own retries, error classes and
 * time-outs are what a test meets. Clients of query and REST services are given AWS JSON, which the SDK lets anyone choose.
 */
export function attach<C extends SdkClient>(client: C, answer: Answer): C {
  const settings = client.config.protocolSettings as ProtocolSettings | undefined;
  if (!settings) throw notSimulated("the client of an unknown service");
  // Of the protocols only AWS JSON has a service target; each client may have its own copy of the class.
  const { protocol: own } = client.config;
  if (!(typeof own === "object" && own !== null && "serviceTarget" in own)) {
    const protocol = new AwsJson1_1Protocol(settings);
    protocol.setSerdeContext(client.config as Parameters<typeof protocol.setSerdeContext>[0]);
    client.config.protocol = protocol;
  }
  // Without a signature nobody looks for credentials, which on a laptop ends in a wait for the metadata service.
  client.middlewareStack.remove("httpAuthSchemeMiddleware");
  client.middlewareStack.remove("httpSigningMiddleware");
  // DynamoDB's endpoint has the account in its name, and so asks whose credentials these are.
  client.config.credentials = () => Promise.resolve({ accessKeyId: "simulated", secretAccessKey: "simulated" });
  client.config.requestHandler = requestHandler(answer, timeoutsOf(client.config.requestHandler));
  return client;
}

interface Timeouts {
  readonly requestTimeout?: number;
  readonly throwOnRequestTimeout?: boolean;
}

/** The time-outs the client was made with: its own handler keeps them, and the promise of them has no public name. */
async function timeoutsOf(handler: unknown): Promise<Timeouts> {
  const settings: Timeouts | undefined =
    typeof handler === "object" && handler !== null ? await Reflect.get(handler, "configProvider") : undefined;
  return settings ?? {};
}

function requestHandler(answer: Answer, timeouts: Promise<Timeouts>) {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    destroy: () => {},
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    async handle({ headers, body }: SdkRequest, { abortSignal, requestTimeout }: SendOptions = {}) {
      const { throwOnRequestTimeout, ...usual } = await timeouts;
      const bytes = typeof body === "string" ? new TextEncoder().encode(body) : (body ?? new Uint8Array());
      const given = answer({ headers, body: bytes }).then((reply) => {
        if (reply === "hangs") return new Promise<never>(() => {});
        if (reply === "dropped")
          throw Object.assign(new Error("read ECONNRESET"), { name: "TimeoutError", code: "ECONNRESET" });
        return { response: { ...reply, body: Buffer.from(reply.body) } };
      });
      // As in the SDK: a time-out alone only warns, the request goes on.
      const ms = throwOnRequestTimeout ? (requestTimeout ?? usual.requestTimeout) : undefined;
      return cutShort(given, abortSignal, ms);
    },
  };
}

/** Waits for an answer until it is aborted or has taken too long, in real milliseconds: a client's time-outs know no other. */
async function cutShort<T>(
  given: Promise<T>,
  abortSignal: AbortSignal | undefined,
  ms: number | undefined,
): Promise<T> {
  const { promise: cut, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(Object.assign(new Error("Request aborted"), { name: "AbortError" }));
  const late = Object.assign(new Error(`a request has exceeded the configured ${ms} ms requestTimeout`), {
    name: "TimeoutError",
    code: "ETIMEDOUT",
  });
  const timer = ms ? setTimeout(() => reject(late), ms) : undefined;
  if (abortSignal?.aborted) abort();
  abortSignal?.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([given, cut]);
  } finally {
    clearTimeout(timer);
    abortSignal?.removeEventListener("abort", abort);
  }
}
