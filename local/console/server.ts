import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { BotError } from "../../src/bot-error.ts";
import type { Duration } from "../../src/clock.ts";
import { type Log, logToStandardError } from "../durable/log.ts";
import { createFeed, type Feed } from "./feed.ts";
import { refusal } from "./guard.ts";
import { buildPage, type Page } from "./page.ts";
import { cause, click, command, filled, readBody, who } from "./read-body.ts";
import type { ConsoleSource } from "./state.ts";

export interface ConsoleOptions {
  readonly source: ConsoleSource;
  /** 1 to 65535; 0 takes any that is free. */
  readonly port: number;
  /** A name of this machine for itself. Nobody else may reach the console: whoever does may do everything. */
  readonly host?: "127.0.0.1" | "localhost" | "::1";
  /** How often the page is told what has changed. */
  readonly every?: Duration;
  readonly log?: Log;
}

export interface Console {
  readonly url: string;
  close(): Promise<void>;
}

/** Nothing from elsewhere, nothing inline, no frames around it. */
const headers = {
  "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/**
 * Serves the console page: a view of the local stack, with buttons.
 *
 * `GET /api/state` answers the state as JSON, `GET /api/events` sends it whenever it changes, `POST /api/click` presses a
 * button in Slack, `/api/submit` sends a form, `/api/command` types `/paramedic …`, `/api/home` opens the bot's home, and
 * `/api/cause` makes something happen to the estate.
 *
 * @throws BotError `bad_setting` when the port cannot be had.
 */
export async function startConsole({
  source,
  port,
  host = "127.0.0.1",
  every = { seconds: 1 },
  log = logToStandardError,
}: ConsoleOptions): Promise<Console> {
  const page = await buildPage();
  const feed = createFeed(source, every);
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const asked = { request, response, source, feed, page };
    answer(asked).catch((error: unknown) => {
      const known = error instanceof BotError ? error : undefined;
      if (!known) log({ level: "error", message: `the console could not answer ${request.url}`, error: String(error) });
      const status = known?.code === "bad_input" ? 400 : known?.retryable ? 503 : 500;
      send(response, status, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  await listen(server, port, host);
  return {
    url: `http://${host === "::1" ? "[::1]" : host}:${portOf(server)}`,
    async close() {
      feed.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Where the pictures on cards are. */
const pictures = "/api/picture/";

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly source: ConsoleSource;
  readonly feed: Feed;
  readonly page: Page;
}

async function answer({ request, response, source, feed, page }: Asked): Promise<void> {
  const refused = refusal(request);
  if (refused) return send(response, refused.status, { error: refused.why });
  const path = request.url?.split("?")[0] ?? "/";
  const file = page.get(path);
  const done = (answered: object) => {
    feed.lookNow();
    send(response, 200, answered);
  };
  const picture = path.startsWith(pictures) ? source.picture(path.slice(pictures.length)) : undefined;
  if (picture && request.method === "GET") {
    response.writeHead(200, { "content-type": "image/png" }).end(picture);
    return;
  }
  switch (`${request.method} ${file ? "a file" : path}`) {
    case "GET a file":
      response.writeHead(200, { "content-type": file?.type }).end(file?.body);
      return;
    case "GET /api/state":
      return send(response, 200, await source.state());
    case "GET /api/events":
      return feed.join(response);
    case "POST /api/click":
      return done(await source.click(await readBody(request, click)));
    case "POST /api/submit":
      return done(await source.submit(await readBody(request, filled)));
    case "POST /api/command":
      return done(await source.command(await readBody(request, command)));
    case "POST /api/home":
      return done(await source.openHome(await readBody(request, who)));
    case "POST /api/cause":
      await source.cause((await readBody(request, cause)).mishap);
      return done({});
    default:
      return send(response, 404, { error: `There is no ${request.method} ${path} here.` });
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(text);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  const opening = `opening the console on ${host}:${port}`;
  const another = "choose another with --port, such as --port 4600";
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new BotError("bad_setting", `${opening}: a port is a whole number from 1 to 65535; ${another}`, { port });
  }
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const whys: Readonly<Record<string, string>> = {
        EADDRINUSE: "another program has this port",
        EACCES: "this port needs an administrator",
      };
      const why = whys[error.code ?? ""];
      reject(why ? new BotError("bad_setting", `${opening}: ${why}; ${another}`, { cause: error, port }) : error);
    });
    server.listen({ port, host }, resolve);
  });
}

/** The port that is listened on, which is not the one asked for if that was 0. */
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
