import { createEmulator, type Emulator } from "emulate";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { VirtualClock } from "../../../sim/clock.ts";
import { memoryTable } from "../../../sim/memory-table.ts";
import { BotError } from "../../../src/bot-error.ts";
import { showIncident } from "../../../src/engine/tell.ts";
import type { Incident } from "../../../src/incidents/incident.ts";
import { chatFromEnv, slackChat } from "../../../src/slack/chat.ts";
import { slackClient } from "../../../src/slack/client.ts";
import { type FakeSlack, fakeSlack } from "../../support/fake-slack.ts";
import { incidentIn, settings, start, waitingWorld } from "./given.ts";

const token = "xoxb-test";
const logged: string[] = [];
const parts = { clock: new VirtualClock(start), log: (_: string, message: string) => void logged.push(message) };

const message = z.object({
  ts: z.string(),
  text: z.string(),
  blocks: z.array(z.object({ type: z.string() })).optional(),
  metadata: z.object({ event_type: z.string(), event_payload: z.object({ incident: z.string() }) }).optional(),
});
const inChannel = z.array(message);

describe("the chat, with a Slack that behaves", () => {
  let emulator: Emulator;
  let client: ReturnType<typeof slackClient>;
  let channel: string;
  const chat = () => slackChat({ ...parts, client, settings: { ...settings, channel } });
  const history = async () =>
    inChannel.parse((await client.conversations.history({ channel, include_all_metadata: true })).messages);
  const replies = async (ts: string) => inChannel.parse((await client.conversations.replies({ channel, ts })).messages);

  beforeAll(async () => {
    emulator = await createEmulator({
      service: "slack",
      port: 0,
      seed: { slack: { channels: [{ name: "incidents" }] }, tokens: { [token]: { login: "paramedic", scopes: [] } } },
    });
    client = slackClient({ token, apiUrl: `${emulator.url}/api/` });
    const { channels } = await client.conversations.list();
    channel = channels?.find(({ name }) => name === "incidents")?.id ?? "";
  });
  afterAll(() => emulator.close());
  beforeEach(() => void logged.splice(0));

  it("posts a card that says which incident it is about", async () => {
    const at = await chat().show({ incident: incidentIn({ state: "planning" }), story: [] });

    const posted = (await history()).find(({ ts }) => ts === at.ts);
    expect(at.channel).toBe(channel);
    expect(posted?.text).toBe("EC2 takes i-0abc back: *Planning.* Looking at what can be done.");
    expect(posted?.blocks?.[0]?.type).toBe("header");
    expect(posted?.metadata).toEqual({
      event_type: "paramedic_incident",
      event_payload: { incident: "a1b2c3d4e5f6-1" },
    });
  });

  it("changes the card that is there", async () => {
    const at = await chat().show({ incident: incidentIn({ state: "planning" }), story: [] });
    const before = (await history()).length;

    expect(
      await chat().show({ incident: incidentIn({ state: "acting" }, { card: { ...at, told: 0 } }), story: [] }),
    ).toEqual({ ...at, isWhole: true });

    const after = await history();
    expect(after).toHaveLength(before);
    expect(after.find(({ ts }) => ts === at.ts)?.text).toContain("*Acting.*");
  });

  it("posts a card anew when somebody deleted it", async () => {
    const at = await chat().show({ incident: incidentIn({ state: "planning" }), story: [] });
    await client.chat.delete(at);

    const now = await chat().show({
      incident: incidentIn({ state: "acting" }, { card: { ...at, told: 3 } }),
      story: [],
    });

    expect(now.ts).not.toBe(at.ts);
    expect((await history()).find(({ ts }) => ts === now.ts)?.text).toContain("*Acting.*");
    expect(logged).toEqual(["the card is gone, posting it anew"]);
  });

  it("posts a card anew in the channel of the settings when its own channel is gone", async () => {
    const card: Incident["card"] = { channel: "C0GONE", ts: "1.1", told: 0 };
    expect(await chat().show({ incident: incidentIn({ state: "acting" }, { card }), story: [] })).toMatchObject({
      channel,
    });
  });

  it("tells the story in the thread, where it mentions nobody", async () => {
    const at = await chat().show({ incident: incidentIn({ state: "acting" }), story: [] });
    await chat().tell(at, "Drained <!channel> & left");
    expect((await replies(at.ts)).map(({ text }) => text)).toContain("Drained &lt;!channel&gt; &amp; left");
  });

  it("shows an incident from its beginning to its end", async () => {
    const { world, asked } = await waitingWorld({ chat: chat() });
    await world.stories.tell(asked.incident, "asked", "Asked for approval.");
    expect(await showIncident(world, asked.incident)).toBe(true);
    await world.incidents.update(asked.incident, (was) => ({
      ...was,
      phase: { state: "closed", outcome: "healed", why: "replaced", at: start },
    }));
    await world.stories.tell(asked.incident, "outcome", "Healed: replaced.");
    expect(await showIncident(world, asked.incident)).toBe(true);

    const { card } = await world.incidents.get(asked.incident);
    const [top, ...thread] = await replies(card?.ts ?? "");
    expect(top?.text).toContain("*Closed: healed*");
    expect(thread.map(({ text }) => text)).toEqual(["Asked for approval.", "Healed: replaced."]);
  });
});

describe("the chat, with a Slack that does not behave", () => {
  let slack: FakeSlack;
  const chat = () => slackChat({ ...parts, settings, client: slackClient({ token, apiUrl: slack.apiUrl }) });
  const shown = () => chat().show({ incident: incidentIn({ state: "acting" }), story: [] });
  beforeEach(async () => void (slack = await fakeSlack()));
  afterEach(() => slack.close());

  it("gives up at once when it is told to slow down, and says for how long", async () => {
    slack.fail("chat.postMessage", { status: 429, headers: { "retry-after": "30" } });
    await expect(shown()).rejects.toMatchObject({
      code: "slack_failed",
      retryable: true,
      facts: { slack: "ratelimited", retryAfterSeconds: 30 },
    });
    expect(slack.calls).toHaveLength(1);
  });

  it("tries three times when Slack is broken", async () => {
    slack.fail("chat.postMessage", { status: 503, body: "<html>" });
    await expect(shown()).rejects.toMatchObject({
      code: "slack_failed",
      retryable: true,
      facts: { slack: "http_503" },
    });
    expect(slack.calls).toHaveLength(3);
  });

  it("says that Slack cannot be reached", async () => {
    await slack.close();
    await expect(shown()).rejects.toMatchObject({
      code: "slack_failed",
      retryable: true,
      facts: { slack: "unreachable" },
    });
  });

  it("passes on Slack's own code, and whether it may pass", async () => {
    slack.fail("chat.postMessage", { body: JSON.stringify({ ok: false, error: "invalid_blocks" }) });
    await expect(shown()).rejects.toMatchObject({
      message: "showing the card of a1b2c3d4e5f6-1: invalid_blocks",
      retryable: false,
    });
    slack.fail("chat.postMessage", { body: JSON.stringify({ ok: false, error: "internal_error" }) });
    await expect(chat().tell({ channel: "C1", ts: "1.1" }, "x")).rejects.toMatchObject({
      retryable: true,
      facts: { slack: "internal_error" },
    });
  });

  it("does not post a second card because changing the first failed for now", async () => {
    slack.fail("chat.update", { body: JSON.stringify({ ok: false, error: "internal_error" }) });
    const incident = incidentIn({ state: "acting" }, { card: { channel: "C1", ts: "1.1", told: 0 } });
    await expect(chat().show({ incident, story: [] })).rejects.toBeInstanceOf(BotError);
    expect(slack.calls.map(({ method }) => method)).toEqual(["chat.update"]);
  });

  it("stops nothing else, and catches up when Slack is back", async () => {
    const { world, asked, logged } = await waitingWorld({ table: memoryTable(), chat: chat() });
    await world.stories.tell(asked.incident, "asked", "Asked for approval.");
    slack.fail("chat.postMessage", { body: JSON.stringify({ ok: false, error: "internal_error" }) });

    expect(await showIncident(world, asked.incident)).toBe(false);
    expect(logged).toMatchObject([{ level: "warn" }]);

    slack.fail("chat.postMessage", undefined);
    expect(await showIncident(world, asked.incident)).toBe(true);
    expect((await world.incidents.get(asked.incident)).card).toMatchObject({ told: 1 });
  });
});

describe("the picture on a card", () => {
  let slack: FakeSlack;
  beforeEach(async () => void (slack = await fakeSlack()));
  afterEach(() => slack.close());
  const client = () => slackClient({ token, apiUrl: slack.apiUrl });
  const chat = () => slackChat({ ...parts, settings, client: client(), lookThroughMs: 0 });
  const signal = { why: "slow", recent: [1, 2, 1, 9].map((value) => ({ value, low: 0, high: 3 })) };
  const slow = incidentIn({ state: "acting" }, { signal });
  const methods = () => slack.calls.map(({ method }) => method);

  const shown = { ...slow, card: { channel: "C1", ts: "1.1", told: 0 } };

  it("comes with the second look at a card, is given to Slack once, and stays on it", async () => {
    expect(await chat().show({ incident: slow, story: [] })).toMatchObject({ isWhole: false });
    expect(methods()).toEqual(["chat.postMessage"]);

    const { chart } = await chat().show({ incident: shown, story: [] });
    expect(methods().slice(1)).toEqual([
      "files.getUploadURLExternal",
      "upload",
      "files.completeUploadExternal",
      "chat.update",
    ]);
    expect(slack.calls.at(-1)?.args.blocks).toContain(`"slack_file":{"id":"${chart}"}`);

    const card = { ...shown.card, ...(chart !== undefined && { chart }) };
    expect(await chat().show({ incident: { ...slow, card }, story: [] })).toMatchObject({ chart, isWhole: true });
    expect(methods().slice(5)).toEqual(["chat.update"]);
    expect(slack.calls.at(-1)?.args.blocks).toContain(chart);
  });

  it("is on the card by itself once an incident is shown", async () => {
    const { world, asked } = await waitingWorld({ chat: chat() });
    await world.incidents.update(asked.incident, (was) => ({ ...was, signal }));
    expect(await showIncident(world, asked.incident)).toBe(true);
    const { card } = await world.incidents.get(asked.incident);
    expect(card?.chart).toMatch(/^F/);
    expect(slack.calls.at(-1)?.args.blocks).toContain(card?.chart);
  });

  it("comes later when Slack still looks through it", async () => {
    const shows = () =>
      slack.calls
        .filter(({ method }) => method === "chat.update")
        .map(({ args }) => args.blocks?.includes("slack_file"));
    slack.fail("chat.update", { body: JSON.stringify({ ok: false, error: "invalid_blocks" }) });
    await expect(chat().show({ incident: shown, story: [] })).rejects.toMatchObject({ code: "slack_failed" });
    expect(shows()).toEqual([true, true, false]);
  });

  it("is left out when Slack does not take it, and not tried again", async () => {
    slack.fail("files.getUploadURLExternal", { body: JSON.stringify({ ok: false, error: "missing_scope" }) });
    const { chart } = await chat().show({ incident: shown, story: [] });
    expect(chart).toBe("none");
    expect(slack.calls.at(-1)?.args.blocks).not.toContain("slack_file");
    slack.calls.splice(0);
    await chat().show({ incident: { ...shown, card: { ...shown.card, chart: "none" } }, story: [] });
    await chat().show({ incident: { ...shown, signal: { kind: "spot-interruption" } }, story: [] });
    expect(methods()).toEqual(["chat.update", "chat.update"]);
  });
});

describe("the chat of a deployed function", () => {
  it("needs a token", () => {
    expect(() => chatFromEnv({})).toThrow(expect.objectContaining({ code: "bad_setting" }));
  });

  it("speaks to the Slack it is told", async () => {
    const slack = await fakeSlack();
    await chatFromEnv({ SLACK_BOT_TOKEN: token, SLACK_API_URL: slack.apiUrl })({ ...parts, settings }).tell(
      { channel: "C1", ts: "1.1" },
      "hello",
    );
    expect(slack.calls).toMatchObject([{ method: "chat.postMessage", args: { text: "hello", thread_ts: "1.1" } }]);
    await slack.close();
  });
});
