import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { verbs } from "../../../src/slack/read-command.ts";

const page = readFileSync(new URL("../../../docs/slack.md", import.meta.url), "utf8");
const folder = new URL("../../../src/slack/", import.meta.url);
const code = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"));
const [, manifest = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];

/** The items of a list in the manifest, by the name of the list. */
const listed = (name: string): string[] => {
  const [, items = ""] = new RegExp(`^ +${name}:\\n((?: +- .*\\n)+)`, "m").exec(manifest) ?? [];
  return [...items.matchAll(/- (\S+)/g)].map(([, item = ""]) => item);
};

/** What each method of Slack's needs, from its reference. */
const scopes: Readonly<Record<string, string | undefined>> = {
  "chat.postMessage": "chat:write",
  "chat.postEphemeral": "chat:write",
  "chat.scheduleMessage": "chat:write",
  "chat.update": "chat:write",
  "files.getUploadURLExternal": "files:write",
  "files.completeUploadExternal": "files:write",
  "usergroups.users.list": "usergroups:read",
  "users.info": "users:read",
  "views.open": "nothing",
  "views.publish": "nothing",
};

describe("the manifest of the Slack app", () => {
  it("asks for the scopes of the methods that the bot calls, and no more", () => {
    const called = code.flatMap((text) =>
      [...text.matchAll(/client((?:\s*\.\w+){2,})\(/g)].map(([, path = ""]) => path.replace(/\s/g, "").slice(1)),
    );
    expect(called.filter((method) => scopes[method] === undefined)).toEqual([]);
    const needed = new Set(called.map((method) => scopes[method]).filter((scope) => scope !== "nothing"));
    expect(new Set(listed("bot"))).toEqual(new Set([...needed, "commands"]));
  });

  it("subscribes to the events that the bot answers, has its command, its home and its buttons", () => {
    const events = code.flatMap((text) => [...text.matchAll(/app\.event\("(\w+)"/g)].map(([, name]) => name));
    expect(listed("bot_events")).toEqual(events);
    expect(manifest).toContain("- command: /paramedic\n");
    expect(manifest).toContain("home_tab_enabled: true");
    expect(manifest).toMatch(/interactivity:\n +is_enabled: true/);
    expect(new Set(manifest.match(/https:\S+/g))).toHaveLength(1);
    expect(manifest).toMatch(/\/slack\/events\n/);
  });
});

it("the page names every command", () => {
  const named = [...page.matchAll(/^\| `\/paramedic (\w+)/gm)].map(([, verb]) => verb);
  expect([...new Set(named)]).toEqual(Object.keys(verbs));
});
