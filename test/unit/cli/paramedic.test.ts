import { expect, it } from "vitest";
import { main } from "../../../cli/paramedic.ts";
import { Trace } from "../../../cli/replay/trace.ts";
import { ecsChange, file, paper, run } from "./given.ts";

async function typed(...words: string[]) {
  const io = paper();
  return { exit: await main(words, io), ...io.written };
}

it("lists its commands and exit codes when asked for help", async () => {
  const { exit, out } = await typed("--help");

  expect(exit).toBe(0);
  expect(out).toContain("replay");
  expect(out).toContain("Exit codes");
});

it.each([
  ["replay", "backtest", "plan", "runbook", "init", "cost", "inventory", "doctor"],
  ["approvals", "approve", "deny", "undo", "halt", "resume", "incidents", "explain", "audit"],
])("shows an example, --json and the exit codes in the help of every command: %s and others", async (...names) => {
  for (const name of names) {
    const { exit, out } = await typed(name, "--help");
    expect({ name, exit }).toEqual({ name, exit: 0 });
    for (const part of ["Examples\n", "--json", "Exit codes\n"]) expect(out, name).toContain(part);
  }
});

it("shows examples in the help of a command", async () => {
  const { exit, out } = await typed("replay", "--help");

  expect(exit).toBe(0);
  expect(out).toContain("paramedic replay latency.csv --service chat --json");
});

it.each([
  [[], "Usage"],
  [["reply"], 'There is no command "reply". Did you mean replay? There is: replay'],
  [["xyz"], 'There is no command "xyz". There is: replay'],
  [["replay"], "name a file"],
  [["replay", "a.json", "--jsn"], "Unknown option '--jsn'"],
  [["replay", "a.json", "--jsn"], "The nearest is --json"],
  [["replay", "a.csv", "--service", "shop"], "--service shop: paramedic.config.ts has"],
  [["replay", "a.csv", "--unit", "s"], "--unit is about the series of a --service"],
  [["replay", "a.csv", "--service", "chat", "--unit", "h"], "--unit h: it is s or ms"],
  [["replay", "a.json", "--now", "tomorrow"], "--now tomorrow is not a time"],
  [["replay", "nowhere.json"], "nowhere.json: there is no such file"],
])("answers wrong use with 2 and a word: %j", async (words, said) => {
  const { exit, out, err } = await typed(...words);

  expect({ exit, out }).toEqual({ exit: 2, out: "" });
  expect(err).toContain(said);
  expect(err).not.toContain("    at ");
});

it("replays against the settings of this installation when run for real", async () => {
  const { exit, out, err } = await typed("replay", file("a.json", JSON.stringify(ecsChange())));

  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  expect(out).toContain("ECS Deployment State Change");
});

it("colours nothing unless a terminal is looking", async () => {
  const path = file("a.json", JSON.stringify(ecsChange()));
  const io = { ...paper(), colours: true };
  await main(["replay", path], io);

  expect(io.written.out).toContain("\u001b[1mRead\u001b[0m");
  expect((await run([path])).out).not.toContain("\u001b");
});

it("a picture of a million points is as wide as one of a thousand, and keeps its marks", () => {
  const trace = new Trace();
  for (let i = 0; i < 1_000_000; i++) trace.add(i === 500_000 ? 9 : 1, i === 500_000);
  const [picture = "", marks = ""] = trace.lines();

  expect(picture.length).toBeLessThanOrEqual(64);
  expect(picture[marks.indexOf("▲")]).toBe("█");
  expect(picture.match(/█/g)).toHaveLength(1);
});
