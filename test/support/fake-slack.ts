import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";

/** One request to Slack. */
export interface SlackCall {
  /** `chat.postMessage`, or `response_url`. */
  readonly method: string;
  readonly args: Readonly<Record<string, string>>;
}

const view = z.looseObject({
  callback_id: z.string().optional(),
  private_metadata: z.string().optional(),
  blocks: z.array(z.unknown()),
});
export type View = z.infer<typeof view>;

interface Trouble {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A Slack that takes note of what it is sent and can be made to fail. For how Slack really behaves, tests use `emulate`. */
export interface FakeSlack {
  readonly apiUrl: string;
  readonly responseUrl: string;
  readonly calls: SlackCall[];
  /** What was said to somebody alone, whichever way. */
  said(): string[];
  /** The forms that were opened, and the homes that were published, as they were sent. */
  opened(): View[];
  /** From now on `method` is answered like this; `undefined` makes it well again. */
  fail(method: string, trouble: Trouble | undefined): void;
  close(): Promise<void>;
}

/** Starts a fake Slack on a port of its own. */
export async function fakeSlack(): Promise<FakeSlack> {
  const calls: SlackCall[] = [];
  const troubles = new Map<string, Trouble>();
  let count = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const method = request.url?.split("/").at(-1) ?? "";
    calls.push({ method, args: readArgs(await bodyOf(request), request.headers["content-type"] ?? "") });
    const { status = 200, headers = {}, body } = troubles.get(method) ?? {};
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(
      body ??
        JSON.stringify({
          ok: true,
          channel: "C1",
          ts: `1717000000.${String(++count).padStart(6, "0")}`,
          file_id: `F${count}`,
          upload_url: `http://${request.headers.host ?? ""}/upload`,
        }),
    );
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("listening on a port: there is none");
  const url = `http://127.0.0.1:${address.port}`;
  return {
    apiUrl: `${url}/api/`,
    responseUrl: `${url}/response_url`,
    calls,
    said: () =>
      calls
        .filter(({ method }) => method === "response_url" || method === "chat.postEphemeral")
        .map(({ args }) => args.text ?? ""),
    opened: () => calls.flatMap(({ args }) => (args.view === undefined ? [] : view.parse(JSON.parse(args.view)))),
    fail: (method, trouble) => void (trouble ? troubles.set(method, trouble) : troubles.delete(method)),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: string[] = [];
  request.setEncoding("utf8");
  for await (const chunk of request) chunks.push(String(chunk));
  return chunks.join("");
}

function readArgs(body: string, type: string): Record<string, string> {
  if (type === "application/octet-stream") return { bytes: String(body.length) };
  if (!type.startsWith("application/json")) return Object.fromEntries(new URLSearchParams(body));
  const json: unknown = JSON.parse(body);
  return Object.fromEntries(Object.entries(json ?? {}).map(([name, value]) => [name, String(value)]));
}
