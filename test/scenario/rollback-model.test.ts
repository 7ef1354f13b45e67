import { afterEach, describe, expect, it } from "vitest";
import { type Duration, toMs } from "../../src/clock.ts";
import { take } from "../../src/engine/take.ts";
import { changed } from "../support/episodes.ts";
import { chat } from "../support/settings.ts";
import { alarm, settingsOf, type Stack, stack, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const errors = { namespace: "Chat", name: "ErrorShare", dimensions: { Service: "chat" } };
const model = {
  endpoint: { name: "rank", stable: "old" },
  alias: { function: "answer", name: "live" },
  prompt: "/chat/prompt",
  trouble: { metric: errors, high: 0.05 },
  alarms: ["chat-errors"],
};
const hours = (past: number) => startMs - toMs({ hours: past });

function given(): void {
  const settings = settingsOf({ services: [{ ...chat, model }], autonomy: { "rollback-model": "auto" } });
  s = stack({ settings });
}

/** The share of errors, `[after, share]`, each until the next; then the alarm on it goes off. */
async function fails(...course: readonly (readonly [after: Duration, share: number])[]): Promise<void> {
  for (const [index, [after, share]] of course.entries()) {
    const end = toMs(course[index + 1]?.[0] ?? { hours: 2 });
    const samples: [number, number][] = [];
    for (let at = toMs(after); at < end; at += 60_000) samples.push([startMs + at, share]);
    s.sim.seed.metric({ ...errors, samples });
  }
  const { detail, ...event } = alarm(startMs);
  await take(s.world, { ...event, detail: { ...detail, alarmName: "chat-errors" } });
}
const recovers = [
  [{ minutes: -10 }, 0.2],
  [{ minutes: 5 }, 0.01],
] as const;
const fails2 = [[{ minutes: -10 }, 0.2]] as const;

async function end() {
  await s.runTo({ hours: 2 });
  const [incident] = await s.world.incidents.recent(1);
  if (!incident) throw new Error("no incident was opened");
  return { ...incident, story: (await s.world.stories.read(incident.id)).map(({ text }) => text) };
}

const alias = () => s.sim.world.functions["answer"]?.aliases["live"];
const seedAlias = (publishedHoursAgo: number) =>
  s.sim.seed.lambdaFunction({
    name: "answer",
    versions: [hours(100), hours(publishedHoursAgo)],
    aliases: { live: { version: "1", weights: { "2": 0.5 } } },
  });
const weights = () => s.sim.world.endpoints["rank"]?.variants.map(({ weight }) => weight);
const prompt = () => s.sim.world.parameters["/chat/prompt"]?.versions.at(-1)?.value;

describe("errors after something new went live", () => {
  it("take the new version of a function out of the traffic, and it stays out", async () => {
    given();
    seedAlias(1);
    await fails(...recovers);
    const { phase, story } = await end();
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(alias()).toMatchObject({ version: "1", weights: {} });
    expect(story).toContain(
      "version 2 of answer brought the trouble. Please retrain or mend it before it goes live again.",
    );
    expect(changed(s)).toEqual(["UpdateAlias"]);
  });

  it("bring the variant from before back on an endpoint", async () => {
    given();
    s.sim.seed.endpoint({ name: "rank", weights: { old: 0.5, new: 0.5 }, modifiedAt: hours(2) });
    await fails(...recovers);
    expect((await end()).phase).toMatchObject({ outcome: "healed" });
    expect(weights()).toEqual([1, 0]);
  });

  it("bring the prompt from before back, under a new version", async () => {
    given();
    s.sim.seed.parameter({ name: "/chat/prompt", value: "Be kind." });
    s.sim.seed.parameter({ name: "/chat/prompt", value: "Be brief." });
    await fails(...recovers);
    expect((await end()).phase).toMatchObject({ outcome: "healed" });
    expect(prompt()).toBe("Be kind.");
  });

  it("are laid to what changed last, and to nothing else", async () => {
    given();
    s.sim.seed.endpoint({ name: "rank", weights: { old: 0.5, new: 0.5 }, modifiedAt: hours(2) });
    seedAlias(1);
    await fails(...recovers);
    expect((await end()).phase).toMatchObject({ outcome: "healed" });
    expect(changed(s)).toEqual(["UpdateAlias"]);
    expect(weights()).toEqual([0.5, 0.5]);
  });

  it("that go on show that it was not the cause: it goes live again, and people are paged", async () => {
    given();
    seedAlias(1);
    await fails(...fails2);
    const { phase, story } = await end();
    expect(phase).toMatchObject({ outcome: "undone" });
    expect(alias()).toMatchObject({ version: "1", weights: { "2": 0.5 } });
    expect(story.join("\n")).not.toContain("brought the trouble");
    expect(s.pages).toHaveLength(1);
  });

  it("that go on leave alone what somebody has changed meanwhile", async () => {
    given();
    seedAlias(1);
    await fails(...fails2);
    await s.runTo({ minutes: 5 });
    await s.sim.call("lambda", "UpdateAlias", { FunctionName: "answer", Name: "live", FunctionVersion: "2" });
    expect((await end()).phase).toMatchObject({ outcome: "undone" });
    expect(alias()).toMatchObject({ version: "2", weights: {} });
  });
});

describe("nothing is taken back", () => {
  const why = async () => {
    const { phase } = await end();
    expect(changed(s)).toEqual([]);
    expect(phase).toMatchObject({ outcome: "skipped" });
    return phase.state === "closed" && phase.why;
  };

  it("when nothing went live in the last day", async () => {
    given();
    seedAlias(30);
    s.sim.seed.endpoint({ name: "rank", weights: { old: 1, new: 0 }, modifiedAt: hours(1) });
    await fails(...fails2);
    expect(await why()).toBe("no model or prompt of chat went live in the 24 h before");
  });

  it("when what the settings name is no longer there", async () => {
    given();
    await fails(...fails2);
    expect(await why()).toBe("no model or prompt of chat went live in the 24 h before");
  });

  it("when it went well again by itself", async () => {
    given();
    seedAlias(1);
    await fails([{ minutes: -10 }, 0.01]);
    expect(await why()).toBe("ErrorShare of chat is back at 0.01 by itself");
  });

  it("when there is nothing before it", async () => {
    given();
    s.sim.seed.lambdaFunction({ name: "answer", versions: [hours(1)], aliases: { live: { version: "1" } } });
    await fails(...fails2);
    expect(await why()).toBe("there is nothing before version 1 of answer to go back to");
  });

  it("while SageMaker is changing the endpoint itself", async () => {
    given();
    const endpoint = s.sim.seed.endpoint({ name: "rank", weights: { old: 0.5, new: 0.5 }, modifiedAt: hours(1) });
    endpoint.status = "Updating";
    await fails(...fails2);
    expect(await why()).toBe("SageMaker is changing rank just now: it may be rolling back by itself");
  });
});
