import { afterEach, expect, it } from "vitest";
import { BotError } from "../../../src/bot-error.ts";
import { showIncident } from "../../../src/engine/tell.ts";
import type { Chat } from "../../../src/engine/world.ts";
import { type Stack, stack, startMs } from "../../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

/** A Slack that takes cards and, until `room` is used up, lines of a thread. */
function tightSlack() {
  const posted: string[] = [];
  const told: string[] = [];
  const slack = { room: 0, posted, told };
  const chat: Chat = {
    show({ incident }) {
      if (incident.card) return Promise.resolve({ channel: "C", ts: incident.card.ts });
      posted.push(incident.id);
      return Promise.resolve({ channel: "C", ts: `${posted.length}.0` });
    },
    tell(_, text) {
      if (slack.room === 0) return Promise.reject(new BotError("slack_failed", "telling: ratelimited"));
      slack.room -= 1;
      told.push(text);
      return Promise.resolve();
    },
  };
  return { chat, slack };
}

it("posts one card and each line once, however often Slack takes only part of them", async () => {
  s = stack();
  const { chat, slack } = tightSlack();
  const world = { ...s.world, chat };
  const { incident } = await world.incidents.report({
    root: "service/chat",
    runbook: "degrade",
    trigger: "latency-high",
    title: "chat is slow",
    signal: {},
    beganAt: startMs,
  });
  for (const text of ["one", "two", "three"]) await world.stories.tell(incident.id, text, text);

  const shown: boolean[] = [];
  for (const room of [0, 2, 0, 5]) {
    slack.room = room;
    shown.push(await showIncident(world, incident.id));
  }

  expect(shown).toEqual([false, false, false, true]);
  expect(slack.posted).toEqual([incident.id]);
  expect(slack.told).toEqual(["one", "two", "three"]);
});
