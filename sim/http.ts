import type { RequestListener } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Answer } from "./wire.ts";

/**
 * The simulation behind HTTP: `POST /` with `X-Amz-Target`, AWS JSON 1.0 and 1.1. Signatures are not looked at.
 *
 * JSON clients work as they are; EC2, Auto Scaling, ELBv2 and SNS clients need `protocol: AwsJson1_1Protocol`.
 */
export function createListener(answer: Answer): RequestListener {
  return (request, response) => {
    const respond = async (): Promise<void> => {
      const reply = await answer({ headers: request.headers, body: await buffer(request) });
      if (reply === "hangs") return;
      if (reply === "dropped") request.socket.destroy();
      else response.writeHead(reply.statusCode, reply.headers).end(reply.body);
    };
    respond().catch((error: unknown) => {
      // A body that is no JSON, a request cut off, or a bug of ours: the caller shall see which.
      response.writeHead(500, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify({ __type: "InternalFailure", message: String(error) }));
    });
  };
}
