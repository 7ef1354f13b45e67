import type { IncomingMessage } from "node:http";

/** Why a request is not answered, as an HTTP status and in words. */
export interface Refusal {
  readonly status: number;
  readonly why: string;
}

/** The names under which this machine may be asked, as a browser writes them into `Host` and `Origin`. */
const names = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Keeps other web sites away from the console: it can act on the estate, and every page in the same browser can reach it.
 *
 * A name that a stranger points at 127.0.0.1 (DNS rebinding) does not get past `Host`; a form or script of another site
 * (CSRF) does not get past `Origin`, and cannot send JSON without asking first, which nothing here answers.
 */
export function refusal({ headers, method, socket }: IncomingMessage): Refusal | undefined {
  // Through URL, because a browser leaves the port out where it is HTTP's own.
  const hosts = names.map((name) => new URL(`http://${name}:${socket.localPort}`).host);
  if (!hosts.includes(headers.host?.toLowerCase() ?? "")) {
    return { status: 403, why: `The console answers to http://${hosts[0]} and http://${hosts[1]} only.` };
  }
  if (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`)) {
    return { status: 403, why: "The console does not take requests from other sites." };
  }
  if (method === "POST" && headers["content-type"]?.split(";")[0]?.trim().toLowerCase() !== "application/json") {
    return { status: 415, why: "The console takes JSON only: content-type must be application/json." };
  }
  return undefined;
}
