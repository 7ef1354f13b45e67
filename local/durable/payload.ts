import { notJson, tooLarge } from "./aws-errors.ts";
import { limits } from "./limits.ts";

/** @throws InvalidRequestContentException when it is not JSON, RequestTooLargeException when it is over the limit */
export function checkPayload(payload: string, maxBytes: number = limits.eventBytes): void {
  if (Buffer.byteLength(payload) > maxBytes) throw tooLarge(`The payload is over ${maxBytes} bytes.`);
  try {
    JSON.parse(payload);
  } catch {
    throw notJson();
  }
}
