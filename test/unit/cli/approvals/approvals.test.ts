import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { approvals } from "../../../../cli/approvals/approvals.ts";
import { audit } from "../../../../cli/approvals/audit.ts";
import { type BotCommand, runBotCommand } from "../../../../cli/approvals/bot.ts";
import { approve, deny, undo } from "../../../../cli/approvals/decide.ts";
import { halt, resume } from "../../../../cli/approvals/halt.ts";
import { explain, incidents } from "../../../../cli/approvals/incidents.ts";
import { run } from "../../../../cli/approvals/run.ts";
import { degrade } from "../../../../runbooks/degrade.ts";
import { main } from "../../../../cli/paramedic.ts";
import { change } from "../../../../src/aws/table.ts";
import { line } from "../../../../src/incidents/story.ts";
import { waitingWorld } from "../../slack/given.ts";
import { paper } from "../given.ts";

async function given(more: Parameters<typeof waitingWorld>[0] = {}) {
  const known = await waitingWorld(more);
  const run = async (command: BotCommand, ...args: string[]) => {
    const io = paper();
    const exit = await runBotCommand(command, args, io, known.world);
    return { exit, ...io.written };
  };
  const decision = async () => (await known.world.approvals.get(known.asked.id))?.decision;
  return { ...known, run, decision };
}

describe("paramedic approvals", () => {
  it("lists what waits, with what it would do and cost", async () => {
    const { run, asked } = await given();
    const { exit, out } = await run(approvals);
    expect(exit).toBe(0);
    expect(out).toMatch(/^ID +INCIDENT +UNTIL \(UTC\) +NEEDS +COST +WHAT\n/);
    expect(out).toContain(asked.id);
    expect(out).toContain("EC2 takes i-0abc back: drain i-0abc");
    const { out: json } = await run(approvals, "--json");
    expect(JSON.parse(json)).toMatchObject({ approvals: [{ id: asked.id, missing: 1, touches: ["instance/i-0abc"] }] });
  });
});

describe("paramedic approve and deny", () => {
  it("decide like a click in Slack, over the same table, by question, incident or last", async () => {
    for (const name of ["question", "incident", "last"] as const) {
      const { run, decision, asked, woken } = await given();
      const id = { question: asked.id, incident: asked.incident, last: "last" }[name];
      expect(await run(approve, id, "because", "looked at", "--as", "anna")).toEqual({
        exit: 0,
        out: "Approved.\n",
        err: "",
      });
      expect(await decision()).toMatchObject({ verdict: "approved", by: "U0ANNA", why: "looked at" });
      expect(woken).toEqual(["callback-1"]);
    }
  });

  it("are refused with the reason, and exit with 5", async () => {
    const { run, decision } = await given();
    expect(await run(deny, "last", "--as", "Cleo")).toMatchObject({
      exit: 5,
      err: "You may decide about degrade, not about spot-interruption.\n",
    });
    expect(await run(approve, "last", "--as", "Eve", "--json")).toMatchObject({ exit: 5, err: "" });
    expect(await decision()).toBeUndefined();
    expect(await run(deny, "last", "--as", "Anna")).toMatchObject({ exit: 0, out: "Denied. Nothing will be done.\n" });
    expect(await run(deny, "last", "--as", "Anna")).toMatchObject({ exit: 0 });
    expect(await run(approve, "last", "--as", "Ben")).toMatchObject({
      exit: 5,
      err: "Anna has already denied this.\n",
    });
    expect(await run(approve, "nothing", "--as", "Ben")).toMatchObject({ exit: 5 });
  });

  it("say who decides", async () => {
    const { run } = await given();
    await expect(run(approve, "last")).rejects.toMatchObject({ code: "bad_input" });
    await expect(run(approve, "--as", "Anna")).rejects.toMatchObject({ code: "bad_input" });
  });
});

describe("paramedic undo, halt and resume", () => {
  it("do what Slack does, in the same words", async () => {
    const { run, world, asked } = await given();
    expect(await run(undo, "last", "because", "worse", "--as", "Anna")).toMatchObject({
      exit: 5,
      err: "Nothing has been changed yet. Deny the plan instead.\n",
    });
    await world.incidents.update(asked.incident, (was) => ({ ...was, phase: { state: "acting" } }));
    expect(await run(undo, "last", "because", "worse", "--as", "Anna")).toMatchObject({ exit: 0 });
    expect(await world.incidents.get(asked.incident)).toMatchObject({ undo: { by: "U0ANNA", why: "worse" } });

    expect(await run(halt, "chat", "for", "30m", "because", "we", "deploy", "--as", "Anna")).toMatchObject({
      exit: 0,
      out: "Halted service/chat for 30 min. Nothing of it is changed from now on.\n",
    });
    expect(await world.halts()).toMatchObject([{ by: "Anna", scope: "service/chat", why: "we deploy" }]);
    await expect(run(halt, "caht", "--as", "Anna")).rejects.toThrow("Did you mean “chat”?");
    expect(await run(resume, "all", "--as", "Anna", "--json")).toMatchObject({ exit: 0, err: "" });
    expect(await world.halts()).toEqual([]);
    expect(await run(resume, "--as", "Anna")).toMatchObject({ exit: 5 });
  });
});

describe("paramedic run", () => {
  it("has a runbook look at a service, in the words of Slack", async () => {
    const { run: type, world } = await given({ runbooks: [degrade] });
    await expect(type(run, "degrade", "--as", "Anna")).rejects.toThrow("Say what degrade is to look at");
    expect(await type(run, "degrade", "caht", "--as", "Anna")).toMatchObject({
      exit: 5,
      err: "degrade cannot be run on caht; it can on: chat.\n",
    });
    expect(await type(run, "degrade", "chat", "because", "slow", "--as", "Cleo")).toMatchObject({ exit: 0 });
    const opened = (await world.incidents.open(2)).find(({ runbook }) => runbook === "degrade");
    expect(opened).toMatchObject({ root: "service/chat", requestedBy: "U0CLEO" });
    expect(await type(run, "nothing", "--as", "Anna")).toMatchObject({ exit: 5 });
  });
});

describe("paramedic incidents and explain", () => {
  it("show them in columns, whole, and as JSON", async () => {
    const { run, world, asked } = await given();
    await world.stories.tell(asked.incident, "asked", "Asked for approval.");
    expect((await run(incidents)).out).toContain("spot-interruption  waiting  EC2 takes i-0abc back\n");
    const { out } = await run(explain, "i-0abc");
    expect(out).toContain("EC2 takes i-0abc back\n  id        ");
    expect(out).toContain(
      "Plan\n  1. drain i-0abc (can be undone)\n\nStory (UTC)\n  2026-03-04 05:06:07  Asked for approval.\n",
    );
    expect(JSON.parse((await run(explain, "--json")).out)).toMatchObject({ incident: { id: asked.incident } });
    expect(await run(explain, "i-0abd")).toMatchObject({
      exit: 5,
      err: expect.stringContaining("There is no incident"),
    });
  });
});

describe("paramedic audit", () => {
  const told = async () => {
    const known = await given();
    const { world, asked } = known;
    for (const n of [1, 2, 3]) await world.stories.tell(asked.incident, `k${n}`, `Line ${n}.`);
    await world.stories.tell("bot", "halt", "Anna halted everything.", { who: "U0ANNA" });
    return known;
  };

  it("export hands over every line, and verify finds that all fit", async () => {
    const { run } = await told();
    const { out } = await run(audit, "export");
    expect(
      out
        .trim()
        .split("\n")
        .map((row) => line.parse(JSON.parse(row)).text),
    ).toEqual(["Anna halted everything.", "Line 1.", "Line 2.", "Line 3."]);
    expect(await run(audit, "verify")).toMatchObject({ exit: 0, out: "4 lines in 2 stories: all fit\n" });
  });

  it("verify finds a line that was changed", async () => {
    const { run, table, asked } = await told();
    await change(table, { pk: `story#${asked.incident}`, sk: "00000002" }, line, (was) =>
      was && was.text !== "Nothing." ? { body: { ...was, text: "Nothing." } } : undefined,
    );
    const { exit, out } = await run(audit, "verify", "--json");
    expect(exit).toBe(5);
    expect(JSON.parse(out)).toMatchObject({ lines: 4, problems: [{ story: asked.incident, line: 2 }] });
  });

  it("verify finds what was cut off since an export", async () => {
    const { run } = await told();
    const path = join(mkdtempSync(join(tmpdir(), "audit-")), "export.jsonl");
    writeFileSync(path, (await run(audit, "export")).out);
    expect(await run(audit, "verify", "--against", path)).toMatchObject({ exit: 0 });

    const { run: other } = await given();
    const { exit, out } = await other(audit, "verify", "--against", path);
    expect(exit).toBe(5);
    expect(out).toContain("bot, line 1: is in");
    await expect(other(audit, "verify", "--against", "/nowhere")).rejects.toMatchObject({ code: "bad_input" });
  });
});

describe("every command about the bot", () => {
  it.each(
    [approvals, approve, deny, undo, halt, resume, incidents, explain, audit].map((one) => [one.name, one] as const),
  )("%s says how it is used, with an example and its exit codes", async (name, command) => {
    const io = paper();
    expect(await main([name, "--help"], io)).toBe(0);
    expect(io.written.out).toContain(command.help);
    expect(io.written.out).toMatch(/Usage\n.*Examples\n.*Exit codes\n/s);
  });
});
