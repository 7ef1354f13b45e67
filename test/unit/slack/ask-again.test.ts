import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sweep } from "../../../src/engine/watch.ts";
import { slackChat } from "../../../src/slack/chat.ts";
import { slackClient } from "../../../src/slack/client.ts";
import { type FakeSlack, fakeSlack } from "../../support/fake-slack.ts";
import { settings, waitingWorld } from "./given.ts";

let slack: FakeSlack;
beforeEach(async () => void (slack = await fakeSlack()));
afterEach(() => slack.close());

async function given(more: Parameters<typeof waitingWorld>[0] = {}) {
  const pages: string[] = [];
  const client = slackClient({ token: "xoxb-test", apiUrl: slack.apiUrl });
  const chat = slackChat({ settings, client, clock: { now: () => 0 }, log: () => undefined });
  const known = await waitingWorld({ chat, ...more });
  const world = {
    ...known.world,
    page: (subject: string, text: string) => Promise.resolve(void pages.push(`${subject}: ${text}`)),
  };
  const thread = () => slack.calls.flatMap(({ args }) => (args.thread_ts === undefined ? [] : [args.text]));
  return { ...known, world, pages, thread };
}

describe("a question that nobody answers", () => {
  it("calls those who may decide, by name and by mail, when half of the time is over, once", async () => {
    const { world, clock, asked, pages, thread } = await given();
    clock.advance(800_000);
    await sweep(world);
    expect(pages).toEqual([]);

    clock.advance(100_000);
    await sweep(world);
    await sweep(world);
    expect(thread()).toEqual(["<@U0ANNA> <@U0BEN> Nobody has decided yet; 15 min are left. Anna, Ben may."]);
    expect(pages).toHaveLength(1);
    expect(pages[0]).toContain(`paramedic approve ${asked.id} --as NAME`);
  });

  it("calls only those who have not approved yet, and not the one who asked for the run", async () => {
    const { world, clock, asked, thread } = await given({ needs: 2 });
    await world.approvals.decide(asked.id, "approved", { id: "U0ANNA", team: "T1" });
    clock.advance(900_000);
    await sweep(world);
    expect(thread()).toEqual(["<@U0BEN> Nobody has decided yet; 15 min are left. Ben may."]);
  });

  it("reaches people by mail while Slack is down, and in the thread when it is back", async () => {
    const { world, clock, pages, thread } = await given();
    slack.fail("chat.postMessage", { status: 429, headers: { "retry-after": "60" } });
    clock.advance(900_000);
    await sweep(world);
    expect(pages).toHaveLength(1);

    slack.fail("chat.postMessage", undefined);
    clock.advance(61_000);
    await sweep(world);
    expect(thread().at(-1)).toContain("<@U0ANNA> <@U0BEN> Nobody has decided yet");
    expect(pages).toHaveLength(1);
  });

  it.each<[string, Parameters<typeof waitingWorld>[0], number]>([
    ["goes on by itself", { silence: "goes" }, 900_000],
    ["is over", {}, 1_800_000],
  ])("calls nobody when it %s", async (_, more, ms) => {
    const { world, clock, pages } = await given(more);
    clock.advance(ms);
    await sweep(world);
    expect(pages).toEqual([]);
  });
});
