import type { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { z } from "zod";
import type { ShownView } from "./console/state.ts";
import { serveHttp } from "./servers.ts";

/** What the bot has sent to Slack that the emulator does not keep: forms, homes, pictures, and answers that one person sees. */
export interface SlackFront {
  readonly url: string;
  /** Where an answer to this request is to be sent. */
  responseUrl(request: string): string;
  /** What has come there so far, and forgets it. */
  takeAnswer(request: string): { readonly text?: string; readonly blocks?: readonly unknown[] };
  /** The form that was opened with this trigger, and forgets it. */
  takeView(trigger: string): ShownView | undefined;
  /** Homes as blocks, by user. */
  readonly homes: Readonly<Record<string, readonly unknown[]>>;
  /** A picture as it was uploaded, by Slack's id of the file. */
  picture(id: string): Uint8Array | undefined;
  close(): Promise<void>;
}

const json = z.string().transform((text): unknown => JSON.parse(text));

/** A form or a home, as the bot describes it. */
export const view = z.object({
  callback_id: z.string().exactOptional(),
  private_metadata: z.string().exactOptional(),
  // A home has none of these, and the last word about a form nothing to submit.
  title: z.unknown().optional(),
  submit: z.unknown().optional(),
  close: z.unknown().optional(),
  blocks: z.array(z.unknown()),
});
export const answer = z.object({ text: z.string().exactOptional(), blocks: z.array(z.unknown()).exactOptional() });

/** Stands in front of the emulator, and does what that cannot: everything else is handed on to it. */
export async function startSlackFront(emulator: string): Promise<SlackFront> {
  const answers = new Map<string, z.infer<typeof answer>>();
  const views = new Map<string, ShownView>();
  const homes: Record<string, readonly unknown[]> = {};
  const pictures = new Map<string, Uint8Array>();
  let files = 0;

  const take = (path: string, body: Buffer, origin: string): object | undefined => {
    if (path === "/api/files.getUploadURLExternal") {
      const id = `F0LOCAL${(files += 1)}`;
      return { ok: true, file_id: id, upload_url: `${origin}/upload/${id}` };
    }
    if (path.startsWith("/upload/")) {
      pictures.set(path.slice("/upload/".length), new Uint8Array(body));
      return {};
    }
    if (path === "/api/files.completeUploadExternal") return { ok: true, files: [] };
    if (path.startsWith("/response/")) {
      answers.set(path, answer.parse(JSON.parse(body.toString() || "{}")));
      return {};
    }
    const fields = () => Object.fromEntries(new URLSearchParams(body.toString()));
    if (path === "/api/views.open") {
      const opened = z.object({ trigger_id: z.string(), view: json.pipe(view) }).parse(fields());
      views.set(opened.trigger_id, opened.view);
      return { ok: true, view: { id: "V0FORM", type: "modal" } };
    }
    if (path === "/api/views.publish") {
      const published = z.object({ user_id: z.string(), view: json.pipe(view) }).parse(fields());
      homes[published.user_id] = published.view.blocks;
      return { ok: true, view: { id: "V0HOME", type: "home" } };
    }
    return undefined;
  };

  const server = await serveHttp((request, response) => {
    void (async () => {
      const path = request.url ?? "/";
      try {
        const body = await buffer(request);
        const taken = take(path, body, server.url);
        if (taken) return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(taken));
        const passed = await handOn(`${emulator}${path}`, request, body);
        response.writeHead(passed.status, passed.headers).end(passed.body);
      } catch (error) {
        response.writeHead(500, { "content-type": "application/json" });
        response.end(JSON.stringify({ ok: false, error: `local_slack: ${String(error)}` }));
      }
    })();
  });
  const pathOf = (request: string): string => `/response/${request}`;
  return {
    url: server.url,
    homes,
    picture: (id) => pictures.get(id),
    responseUrl: (request) => `${server.url}${pathOf(request)}`,
    takeAnswer(request) {
      const found = answers.get(pathOf(request)) ?? {};
      answers.delete(pathOf(request));
      return found;
    },
    takeView(trigger) {
      const found = views.get(trigger);
      views.delete(trigger);
      return found;
    },
    close: () => server.close(),
  };
}

/** Asks the emulator the same, and gives what it says. */
async function handOn(url: string, { method = "GET", headers }: IncomingMessage, body: Buffer) {
  const { authorization, "content-type": type } = headers;
  const answered = await fetch(url, {
    method,
    headers: { ...(authorization && { authorization }), ...(type && { "content-type": type }) },
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  });
  return {
    status: answered.status,
    headers: { "content-type": answered.headers.get("content-type") ?? "application/json" },
    body: Buffer.from(await answered.arrayBuffer()),
  };
}
