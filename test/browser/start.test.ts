import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { launch } from "../support/console/given-console.ts";
import { type Started, startedStack } from "../support/started.ts";

const folder = mkdtempSync(join(tmpdir(), "paramedic-"));
let browser: Browser;
let stack: Started;
beforeAll(async () => {
  [browser, stack] = await Promise.all([launch(), startedStack(["--port", "0", "--data", folder, "--speed", "10"])]);
});
afterAll(async () => {
  await browser.close();
  await stack.end("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const slackOf = (page: Page) => page.getByRole("region", { name: "Slack", exact: true });
const type = async (page: Page, command: string) => {
  await page.getByLabel("Command: /paramedic").fill(command);
  await page.keyboard.press("Enter");
};
const be = (page: Page, name: string) => page.getByLabel("You are").selectOption({ label: `${name} (approver)` });
/** Fills in the form that is open, sends it, and reads what takes its place. */
const send = async (page: Page, button: string, why: string, answer: string) => {
  const form = page.getByRole("dialog");
  await form.getByLabel(/Why/).fill(why);
  await form.getByRole("button", { name: button }).click();
  await form.getByText(answer).waitFor();
  await form.getByRole("button", { name: "Close" }).click();
  await form.waitFor({ state: "detached" });
};
const ofService = (outcome: string) =>
  stack.until(({ incidents }) =>
    incidents.some(
      ({ runbook, phase }) =>
        runbook === "degrade" && (phase.state === "closed" ? phase.outcome : phase.state) === outcome,
    ),
  );

it("heals a latency incident of the running stack once somebody clicks Approve on the page", async () => {
  const page = await browser.newPage();
  await page.goto(stack.url);

  // The model browns out by itself soon after a start.
  const slack = page.getByRole("region", { name: "Slack", exact: true });
  await slack.getByRole("button", { name: "Approve" }).click();

  await slack.getByText("Approved.", { exact: true }).waitFor();
  await slack.getByText("Done: set chat to limited.").first().waitFor({ state: "attached" });
  const healed = await stack.until((state) =>
    state.incidents.some(({ runbook, phase }) => runbook === "degrade" && phase.state === "holding"),
  );
  expect(healed.services[0]?.level).toBe("limited");

  await page.getByLabel("Command: /paramedic").fill("status");
  await page.keyboard.press("Enter");
  await page.locator(".command .answer").getByText("limited").first().waitFor();
  await page.getByRole("tab", { name: "Home" }).click();
  await slack.locator(".home").getByText("limited").first().waitFor();

  await page.getByRole("tab", { name: "Channel" }).click();
  const healing = slack.getByRole("article").filter({ hasText: /chat (is slow|answers in)/ });
  await healing.getByRole("button", { name: "Undo…" }).click();
  await send(page, "Undo", "we want to see it slow", "being taken back");
  expect((await ofService("undone")).services[0]?.level).toBe("full");
  await page.close();
});

it("lets people ask, deny, approve less, halt, resume and undo, and nobody approve their own", async () => {
  const page = await browser.newPage();
  await page.goto(stack.url);
  const slack = slackOf(page);
  const rehearsal = slack
    .getByRole("article")
    .filter({ hasText: "(asked for)" })
    .filter({ has: page.getByRole("button", { name: "Undo…" }) });
  const ask = async () => {
    await be(page, "Alex");
    await type(page, "run degrade chat because we rehearse");
    await page.locator(".command .answer").getByText("Somebody else has to approve").waitFor();
    await slack.getByRole("button", { name: "Approve" }).waitFor();
  };

  await ask();
  await slack.getByRole("button", { name: "Approve" }).click();
  await slack.getByText("You asked for this yourself; somebody else must approve it.").waitFor();
  await be(page, "Sam");
  await slack.getByRole("button", { name: "Deny" }).click();
  await send(page, "Deny", "not while the fair is on", "Denied. Nothing will be done.");
  // So that the next question is not taken for this one.
  await slack.getByRole("button", { name: "Approve" }).waitFor({ state: "detached" });
  const denied = await ofService("refused");
  expect(denied.incidents.map(({ phase }) => phase)).toContainEqual(
    expect.objectContaining({ why: "denied by Sam: not while the fair is on" }),
  );
  expect(denied.services[0]?.level).toBe("full");

  await ask();
  await be(page, "Sam");
  await slack.getByRole("button", { name: "Override…" }).click();
  await page
    .getByRole("dialog")
    .getByLabel(/Give it back sooner/)
    .selectOption({ label: "after 15 min" });
  await send(page, "Approve", "only a short one", "Approved in part.");
  const held = await ofService("holding");
  const [service] = held.services;
  expect(service?.level).toBe("limited");
  expect((service?.until ?? Infinity) - held.now).toBeLessThanOrEqual(15 * 60_000);

  await rehearsal.getByRole("button", { name: "Halt…" }).click();
  await page.getByRole("dialog").getByLabel("What?").selectOption("everything");
  await send(page, "Halt", "something is odd", "Halted everything");
  await page.getByRole("status").getByText("Halted by Sam: something is odd").waitFor();
  await page.getByRole("button", { name: "Resume the bot" }).click();
  await page.getByText("Halted by Sam: something is odd").waitFor({ state: "detached" });

  await rehearsal.getByRole("button", { name: "Undo…" }).click();
  await send(page, "Undo", "it was a rehearsal", "being taken back");
  await stack.until(
    ({ incidents, services }) =>
      incidents.every(({ phase }) => phase.state !== "holding") && services[0]?.level === "full",
  );
  await page.close();
});

it("breaks things over the running stack, and what they lead to is seen", async () => {
  const page = await browser.newPage();
  await page.goto(stack.url);
  await page.getByRole("button", { name: "Break something" }).click();
  for (const [button, said] of [
    ["Reclaim a pool", "EC2 has given notice to a whole pool."],
    ["Flood the queue", "60 jobs have come in at once."],
    ["Leak memory", "The service leaks memory."],
    ["Break the provider", "The provider fails every call."],
  ] as const) {
    await page.getByRole("button", { name: button }).click();
    await page.getByText(said).waitFor();
  }
  await page.getByRole("button", { name: "Stop the leak" }).click();
  await page.getByRole("button", { name: "Mend the provider" }).click();
  await page.keyboard.press("Escape");

  const taken = await stack.until(
    ({ incidents, fleet, queue }) =>
      incidents.some(({ runbook, firstActionAt }) => runbook === "spot-interruption" && firstActionAt !== undefined) &&
      fleet.some(({ state }) => state === "interrupted") &&
      queue.waiting > 0,
  );
  expect(taken.troubles).not.toContain("leak");
  await page
    .getByRole("row", { name: /interrupted.*gone in/ })
    .first()
    .waitFor();
  await page.close();
});
