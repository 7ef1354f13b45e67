/** Quotas of the real service (Lambda quotas page and API model, read 2026-11), so that what runs here also fits there. */
export const limits = {
  /** Steps, waits, callbacks, contexts, retries and polls of one execution together. Cannot be raised. */
  operations: 3_000,
  /** Everything one execution writes, in bytes. */
  writtenBytes: 100 * 1024 * 1024,
  /** One result or payload of one operation, in bytes: the field error says 262144, whatever the API page says. */
  payloadBytes: 262_144,
  /** One error object, in bytes. */
  errorBytes: 32_768,
  /** The payload of an `Event` invocation, in bytes. */
  eventBytes: 1024 * 1024,
  /** The payload of a `RequestResponse` invocation, in bytes. */
  requestBytes: 6 * 1024 * 1024,
  /** The longest execution that can be waited for in one request, in milliseconds. */
  synchronousMs: 15 * 60_000,
} as const;
