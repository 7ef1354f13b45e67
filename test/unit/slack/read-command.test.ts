import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDuration } from "../../../src/read-duration.ts";
import { nearest } from "../../../src/nearest.ts";
import { type Command, readCommand } from "../../../src/slack/read-command.ts";

const known = {
  runbooks: ["degrade", "spot-interruption"],
  services: ["chat", "search"],
  circuits: ["bedrock/claude"],
};
const read = (text: string): Command => readCommand(text, known);

describe("a command", () => {
  const none = "no reason given";
  it.each<[string, Command]>([
    ["", { kind: "status" }],
    ["  Status ", { kind: "status" }],
    ["runs", { kind: "incidents" }],
    ["why", { kind: "explain", incident: "last" }],
    ["explain a1b2c3d4e5f6-1", { kind: "explain", incident: "a1b2c3d4e5f6-1" }],
    ["run a1b2-1 because it was fixed", { kind: "run", incident: "a1b2-1", why: "it was fixed" }],
    ["run degrade chat", { kind: "start", runbook: "degrade", target: "chat", why: none }],
    ["run degrade on chat because slow", { kind: "start", runbook: "degrade", target: "chat", why: "slow" }],
    ["rerun runbook/degrade service/chat", { kind: "start", runbook: "degrade", target: "service/chat", why: none }],
    ["halt", { kind: "halt", why: none }],
    ["stop everything because fire", { kind: "halt", why: "fire" }],
    [
      "halt service/chat for 30m because we deploy",
      { kind: "halt", scope: "service/chat", for: { minutes: 30 }, why: "we deploy" },
    ],
    ["halt chat", { kind: "halt", scope: "service/chat", why: none }],
    ["halt degrade for 2 hours", { kind: "halt", scope: "runbook/degrade", for: { hours: 2 }, why: none }],
    ["halt i-0abc", { kind: "halt", scope: "instance/i-0abc", why: none }],
    ["halt group/gpu because of the fair", { kind: "halt", scope: "group/gpu", why: "of the fair" }],
    ["halt for 1d because we wait for Anna", { kind: "halt", for: { days: 1 }, why: "we wait for Anna" }],
    ["resume", { kind: "resume", scope: "everything" }],
    ["resume chat", { kind: "resume", scope: "service/chat" }],
    ["resume all", { kind: "resume", scope: "all" }],
    ["freeze", { kind: "frozen" }],
    ["freeze chat for 2h", { kind: "halt", scope: "service/chat", for: { hours: 2 }, why: none }],
    ["level", { kind: "levels" }],
    ["level chat cached because slow", { kind: "level", service: "chat", level: "cached", why: "slow" }],
    ["circuit bedrock/claude close", { kind: "circuit", circuit: "bedrock/claude", to: "closed", why: none }],
    ["trust restore degrade chat", { kind: "restore", runbook: "degrade", service: "chat" }],
    ["help halt", { kind: "help", about: "halt" }],
  ])("reads %j", (text, command) => {
    expect(read(text)).toEqual(command);
  });

  it.each([
    ["hlat", "There is no command “hlat”. Did you mean “halt”?"],
    ["statsu", "Did you mean “status”?"],
    ["dance", "There is no command “dance”."],
    ["halt serch", "Nothing is called “serch”. Did you mean “search”? Nothing was halted."],
    ["halt service/caht", "Did you mean “service/chat”?"],
    ["halt runbook/degrad", "Did you mean “runbook/degrade”?"],
    ["halt chat for ever", "“ever” is no length of time. Say 30m, 2h or 1d."],
    ["halt chat please", "What is “please”?"],
    ["freeze chat", "A freeze has an end"],
    ["level chat limitd", "There is no level “limitd”: full, limited, cached, minimal. Did you mean “limited”?"],
    ["level caht full", "There is no service “caht”. Did you mean “chat”?"],
    ["circuit bedrock/cluade open", "Did you mean “bedrock/claude”?"],
    ["circuit bedrock/claude opne", "Did you mean “open”?"],
    ["trust restore degarde", "Did you mean “degrade”?"],
    ["run", "Say which runbook looks at what"],
  ])("that cannot be read says why, with the nearest that can: %j", (text, why) => {
    const wrong = read(text);
    expect(wrong.kind === "wrong" && wrong.why).toContain(why);
  });

  it("is read whatever it is", () => {
    const words = fc.constantFrom(
      "halt",
      "for",
      "because",
      "chat",
      "level",
      "30m",
      "/",
      "constructor",
      "__proto__",
      "resume",
    );
    const text = fc.array(fc.oneof(words, fc.string({ unit: "binary" })), { maxLength: 8 }).map((all) => all.join(" "));
    fc.assert(
      fc.property(text, (given) => {
        expect(read(given).kind).toBeTypeOf("string");
      }),
      { seed: 20260304, numRuns: 500 },
    );
  });
});

describe("the nearest word", () => {
  it("is one that takes few slips of a finger, and none when all are far", () => {
    expect(nearest("halt", ["help", "halt"])).toBe("halt");
    expect(nearest("hatl", ["help", "halt"])).toBe("halt");
    expect(nearest("incidnets", ["incidents", "status"])).toBe("incidents");
    expect(nearest("zebra", ["incidents", "status"])).toBeUndefined();
    expect(nearest("", ["incidents"])).toBeUndefined();
  });
});

describe("a length of time", () => {
  it.each([
    ["30m", { minutes: 30 }],
    ["2 hours", { hours: 2 }],
    ["1.5h", { hours: 1.5 }],
    ["90s", { seconds: 90 }],
    ["1 day", { days: 1 }],
    ["45 min", { minutes: 45 }],
    ["0m", undefined],
    ["-1h", undefined],
    ["soon", undefined],
    ["", undefined],
  ])("is read as people type it: %j", (text, length) => {
    expect(readDuration(text)).toEqual(length);
  });
});
