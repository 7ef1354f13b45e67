import { createServer, request } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import type { LogEntry } from "../../../../local/durable/log.ts";
import { startConsole } from "../../../../local/console/server.ts";
import { BotError } from "../../../../src/bot-error.ts";
import { fakeEstate } from "../../../support/console/fake-estate.ts";

async function given() {
  const estate = fakeEstate();
  const log: LogEntry[] = [];
  const shown = await startConsole({
    source: estate,
    port: 0,
    every: { seconds: 0.01 },
    log: (entry) => void log.push(entry),
  });
  onTestFinished(() => shown.close());
  const { port } = new URL(shown.url);
  return { estate, log, port: Number(port), url: shown.url };
}

/** Asks with exactly these headers, which `fetch` would not let us set. */
function ask(port: number, method: string, path: string, headers: Record<string, string>, body = "") {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = request({ port, method, path, host: "127.0.0.1", headers: { host: `127.0.0.1:${port}`, ...headers } });
    sent.on("response", (response) => {
      void text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const json = { "content-type": "application/json" };
const click = { user: "U0ALEX", ts: "1.2", actionId: "approve", value: "a" };

describe("the console's server", () => {
  it("serves a page that may load nothing from elsewhere", async () => {
    const { url } = await given();

    for (const [path, type] of [
      ["/", "text/html"],
      ["/app.js", "text/javascript"],
      ["/app.css", "text/css"],
      ["/icon.svg", "image/svg+xml"],
    ] as const) {
      const response = await fetch(url + path);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toContain(type);
      expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'self';/);
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100);
    }
  });

  it("answers the state as JSON", async () => {
    const { url, estate } = await given();

    expect(await (await fetch(`${url}/api/state`)).json()).toEqual(JSON.parse(JSON.stringify(await estate.state())));
  });

  it("passes a click on and answers what came of it", async () => {
    const { url, estate } = await given();

    const response = await fetch(`${url}/api/click`, { method: "POST", headers: json, body: JSON.stringify(click) });

    expect(await response.json()).toEqual({ status: 200, text: "Approved." });
    expect(estate.clicks).toEqual([click]);
  });

  it.each([
    ["a form", "/api/submit", { user: "U0ALEX", view: { callback_id: "deny" }, values: { why: "no" } }, /Denied/],
    ["a command", "/api/command", { user: "U0ALEX", text: "status" }, /\(status\)/],
    ["somebody who opens the bot's home", "/api/home", { user: "U0ALEX" }, /200/],
  ])("passes on %s", async (_, path, body, answer) => {
    const { url } = await given();

    const response = await fetch(url + path, { method: "POST", headers: json, body: JSON.stringify(body) });

    expect(await response.text()).toMatch(answer);
  });

  it("serves the pictures on cards, and no others", async () => {
    const { url } = await given();

    const found = await fetch(`${url}/api/picture/F0CHART`);
    expect(found.headers.get("content-type")).toBe("image/png");
    expect((await found.arrayBuffer()).byteLength).toBe(4);
    expect((await fetch(`${url}/api/picture/F0OTHER`)).status).toBe(404);
  });

  it("makes things happen to the estate", async () => {
    const { url, estate } = await given();

    const response = await fetch(`${url}/api/cause`, { method: "POST", headers: json, body: '{"mishap":"interrupt"}' });

    expect(response.status).toBe(200);
    expect(estate.caused).toEqual(["interrupt"]);
  });

  it.each([
    ["a body that is no JSON", "/api/cause", "{", "not JSON"],
    ["a mishap it does not know", "/api/cause", '{"mishap":"explode"}', "mishap"],
    ["a form of no shape", "/api/submit", '{"user":"U","view":{},"values":{"a":1}}', "values"],
    ["a command without words", "/api/command", '{"user":"U"}', "text"],
    ["a click without a user", "/api/click", '{"ts":"1","actionId":"approve","value":"a"}', "user"],
    ["a click with more than there is", "/api/click", JSON.stringify({ ...click, team: "T" }), "team"],
    [
      "a body that is too long",
      "/api/click",
      JSON.stringify({ ...click, value: "x".repeat(100_000) }),
      "at most 16384",
    ],
  ])("says what is wrong with %s", async (_, path, body, why) => {
    const { url, estate } = await given();

    const response = await fetch(url + path, { method: "POST", headers: json, body });

    expect(response.status).toBe(400);
    expect(await response.text()).toContain(why);
    expect([...estate.clicks, ...estate.caused]).toEqual([]);
  });

  it.each(["evil.example", "127.0.0.1.evil.example", "127.0.0.1:1", "localhost", "0.0.0.0"])(
    "does not answer under the name %j",
    async (host) => {
      const { port } = await given();

      for (const path of ["/", "/api/state", "/api/events"]) {
        expect((await ask(port, "GET", path, { host })).status).toBe(403);
      }
    },
  );

  it("answers under the names of this machine for itself", async () => {
    const { port } = await given();

    for (const host of ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"]) {
      expect((await ask(port, "GET", "/api/state", { host: `${host}:${port}` })).status).toBe(200);
    }
  });

  it.each(["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost", "https://localhost:PORT"])(
    "takes nothing from the site %s",
    async (origin) => {
      const { port, estate } = await given();

      const headers = { ...json, origin: origin.replace("PORT", String(port)) };
      expect((await ask(port, "POST", "/api/cause", headers, '{"mishap":"halt"}')).status).toBe(403);
      expect(estate.caused).toEqual([]);
    },
  );

  it("takes requests from its own page", async () => {
    const { port } = await given();

    for (const host of ["127.0.0.1", "localhost"]) {
      const headers = { ...json, host: `${host}:${port}`, origin: `http://${host}:${port}` };
      expect((await ask(port, "POST", "/api/cause", headers, '{"mishap":"halt"}')).status).toBe(200);
    }
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])(
    "takes no %j, which a form of another site could send",
    async (type) => {
      const { port, estate } = await given();

      const reply = await ask(port, "POST", "/api/cause", type ? { "content-type": type } : {}, '{"mishap":"halt"}');
      expect(reply.status).toBe(415);
      expect(estate.caused).toEqual([]);
    },
  );

  it("knows nothing but what it serves", async () => {
    const { port } = await given();

    for (const [method, path] of [
      ["GET", "/../package.json"],
      ["GET", "/api/click"],
      ["DELETE", "/api/state"],
      ["OPTIONS", "/api/click"],
      ["POST", "/"],
    ] as const) {
      expect((await ask(port, method, path, json)).status).toBe(404);
    }
  });

  it("says that the estate cannot be read, and goes on", async () => {
    const { url, estate, log } = await given();
    estate.fail(new Error("the table is gone"));

    const response = await fetch(`${url}/api/state`);

    expect([response.status, await response.json()]).toEqual([500, { error: "the table is gone" }]);
    expect(log).toMatchObject([{ level: "error", error: "Error: the table is gone" }]);
    estate.fail(undefined);
    expect((await fetch(`${url}/api/state`)).status).toBe(200);
  });
});

/** Follows the events of a console. */
async function follow(url: string) {
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  const response = await fetch(`${url}/api/events`, { signal: stopping.signal });
  const parts = response.body?.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  const next = async (): Promise<{ event: string; data: Record<string, unknown> }> => {
    for (;;) {
      const end = rest.indexOf("\n\n");
      if (end < 0) {
        const read = await parts?.read();
        if (!read?.value) throw new Error("the events have ended");
        rest += decoder.decode(read.value, { stream: true });
        continue;
      }
      const read = /^event: (\w+)\ndata: (.*)$/.exec(rest.slice(0, end));
      rest = rest.slice(end + 2);
      if (read?.[1] && read[2]) return { event: read[1], data: JSON.parse(read[2]) as Record<string, unknown> };
    }
  };
  return { type: response.headers.get("content-type"), next };
}

describe("the console's events", () => {
  it("begin with the state, and go on when it changes", async () => {
    const { url, estate } = await given();
    const { type, next } = await follow(url);

    expect(type).toContain("text/event-stream");
    expect(await next()).toMatchObject({ event: "state", data: { speed: 10 } });
    estate.change({ speed: 60 });
    expect(await next()).toMatchObject({ event: "state", data: { speed: 60 } });
  });

  it("reach everyone who listens", async () => {
    const { url, estate } = await given();
    const all = await Promise.all([follow(url), follow(url)]);
    await Promise.all(all.map(({ next }) => next()));

    estate.change({ speed: 2 });

    for (const { next } of all) expect(await next()).toMatchObject({ data: { speed: 2 } });
  });

  it("say that the state cannot be read, and that it can again", async () => {
    const { url, estate } = await given();
    const { next } = await follow(url);
    await next();

    estate.fail(new Error("the table\nis gone"));
    expect(await next()).toEqual({ event: "trouble", data: { why: "the table\nis gone" } });
    estate.fail(undefined);
    expect(await next()).toMatchObject({ event: "state" });
  });

  it("end when the console is closed", async () => {
    const shown = await startConsole({ source: fakeEstate(), port: 0 });
    const { next } = await follow(shown.url);
    await next();

    await shown.close();

    await expect(next()).rejects.toThrow();
  });
});

describe("the console's port", () => {
  it("is said to be taken, with how to choose another", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === "object" && address ? address.port : 0;

    const failed = startConsole({ source: fakeEstate(), port });

    await expect(failed).rejects.toBeInstanceOf(BotError);
    await expect(failed).rejects.toMatchObject({ code: "bad_setting", facts: { port } });
    await expect(failed).rejects.toThrow(new RegExp(`127.0.0.1:${port}: another program has this port.*--port`));
  });

  it.each([-1, 65_536, 4.5, Number.NaN])("cannot be %s", async (port) => {
    await expect(startConsole({ source: fakeEstate(), port })).rejects.toMatchObject({
      code: "bad_setting",
      message: expect.stringContaining("--port"),
    });
  });
});
