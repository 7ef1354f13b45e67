import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeEstate, quietState } from "../support/console/fake-estate.ts";
import { givenConsole, launch } from "../support/console/given-console.ts";
import { degradation, healed, interruption, nowMs } from "../support/console/incidents.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const slackOf = (page: Page) => page.getByRole("region", { name: "Slack", exact: true });
/** The message that asks for a decision. */
const question = (page: Page) => slackOf(page).getByRole("article").filter({ hasText: "chat answers in 2,140 ms" });
const approve = (page: Page) => question(page).getByRole("button", { name: "Approve" });
const incident = (page: Page, title: string) =>
  page.getByRole("region", { name: "Incidents" }).getByRole("group").filter({ hasText: title });
const nameOfFocus = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? "");

/** Presses Tab until this has the focus, as somebody without a mouse would. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    if ((await nameOfFocus(page)) === name) return;
  }
  throw new Error(`Tab does not get to ${name}`);
}

describe("the console", () => {
  it("shows the estate, the incidents and Slack, and asks nobody else for anything", async () => {
    const { page, asked, errors } = await givenConsole(browser);

    const estate = page.getByRole("region", { name: "Estate" });
    await estate.getByRole("row", { name: /i-0a4f2c71d9e83b650.*interrupted.*gone in 1:22/ }).waitFor();
    const latency = estate.getByRole("slider", { name: "LatencyMs of chat" });
    expect(await latency.getAttribute("aria-valuetext")).toMatch(
      /^2,228 ms at 03:12:20, an anomaly; expected 654 to 924 ms; severity .* High is 1,500 ms. Anomalies shown: 9.$/,
    );
    await estate.getByText("1,284").waitFor();
    const waiting = incident(page, "chat answers in 2,140 ms");
    await waiting.getByText("Waits for a decision for another 27:00, until 03:39:40 UTC.").waitFor();
    await waiting.getByText("can be undone; given back by itself after 30 min").waitFor();
    await question(page).getByText("LatencyMs was 2140 at 03:09:40").waitFor();
    await page.getByText("03:12:40", { exact: true }).waitFor();

    expect([...asked]).toEqual([new URL(page.url()).host]);
    expect(errors).toEqual([]);
  });

  it("lets an approver approve, and says so", async () => {
    const { page, estate, errors } = await givenConsole(browser);

    await approve(page).click();

    await question(page).getByText("Only visible to you").waitFor();
    await question(page).getByText("Approved.", { exact: true }).waitFor();
    await incident(page, "chat answers").getByText("acting", { exact: true }).waitFor();
    await approve(page).waitFor({ state: "detached" });
    const { phase, card } = degradation;
    const value = phase.state === "waiting" ? phase.approvalId : "";
    expect(estate.clicks).toEqual([{ user: "U0ALEX", ts: card?.ts, actionId: "approve", value }]);
    expect(errors).toEqual([]);
  });

  it("tells somebody who is no approver so, and nobody else", async () => {
    const { page, estate } = await givenConsole(browser);

    await page.getByLabel("You are").selectOption({ label: "Sam (not an approver)" });
    await approve(page).click();

    const refusal = question(page).getByText("You are not an approver. Alex may decide.");
    await refusal.waitFor();
    expect(estate.clicks).toMatchObject([{ user: "U0SAM" }]);
    await page.getByLabel("You are").selectOption({ label: "Alex (approver)" });
    await refusal.waitFor({ state: "detached" });
    expect(await approve(page).isVisible()).toBe(true);
  });

  it("can be used without a mouse", async () => {
    const { page } = await givenConsole(browser);

    await tabTo(page, "One incident waits for a decision");
    await page.keyboard.press("Enter");
    await tabTo(page, "Approve");
    expect(await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)).toBe(
      "solid",
    );
    await page.keyboard.press("Enter");

    await question(page).getByText("Approved.", { exact: true }).waitFor();
    await approve(page).waitFor({ state: "detached" });
    // The button is gone; whoever pressed it is still at the message.
    expect(await nameOfFocus(page)).toContain("chat answers in 2,140 ms");
  });

  it("breaks things and says what to expect, skips time, and stops and resumes the bot", async () => {
    const { page, estate } = await givenConsole(browser);

    await page.getByRole("button", { name: "Break something" }).click();
    const interrupt = page.getByRole("button", { name: "Interrupt a spot instance" });
    expect(await interrupt.evaluate((button) => button.getAttribute("aria-describedby"))).toBe("expect-interrupt");
    await page.getByText("EC2 gives two minutes' notice.").waitFor();
    await interrupt.click();
    await page.getByText("EC2 has given notice to a spot instance.").waitFor();
    await page.getByRole("button", { name: "Leak memory" }).click();
    await page.getByRole("button", { name: "Stop the leak" }).click();
    await page.keyboard.press("Escape");
    await interrupt.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Skip 1 min", exact: true }).click();
    await page.getByText("03:13:40", { exact: true }).waitFor();
    await page.keyboard.press("Alt+4");
    await page.getByRole("button", { name: "Halt the bot" }).click();
    await page.getByText("Halted by Alex: halted in the console").waitFor();
    await page.getByRole("button", { name: "Resume the bot" }).click();
    await page.getByText("One incident waits for a decision").waitFor();

    expect(estate.caused).toEqual(["interrupt", "leak", "mend-leak", "skip-minute", "skip-to-next", "halt", "resume"]);
  });

  it("denies with a reason, in the form that Slack opens", async () => {
    const { page, estate, errors } = await givenConsole(browser);

    await question(page).getByRole("button", { name: "Deny" }).click();
    const form = page.getByRole("dialog", { name: "Deny the plan" });
    await form.getByLabel(/Why/).fill("it is the nightly load test");
    await form.getByRole("button", { name: "Deny" }).click();

    const answer = page.getByRole("dialog", { name: "Paramedic" });
    await answer.getByText("Denied: nothing will be done.").waitFor();
    await answer.getByRole("button", { name: "Close" }).click();
    await answer.waitFor({ state: "detached" });
    await incident(page, "chat answers").getByText("Alex denied it: it is the nightly load test").first().waitFor();
    expect(estate.submitted).toMatchObject([{ user: "U0ALEX", view: { callback_id: "deny" } }]);
    expect(errors).toEqual([]);
  });

  it("approves less, and shows that the plan was narrowed", async () => {
    const { page, estate } = await givenConsole(browser);

    await question(page).getByRole("button", { name: "Override…" }).click();
    const form = page.getByRole("dialog", { name: "Approve less" });
    await form.getByLabel(/Give it back sooner/).selectOption({ label: "after 10 min" });
    await form.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();

    await incident(page, "chat answers").getByText("Narrowed by Alex: less is done than was proposed.").waitFor();
    expect(estate.submitted).toMatchObject([{ values: { lease: ["10"] } }]);
  });

  it("takes back what was changed, once it is told why", async () => {
    const { page, estate } = await givenConsole(browser);
    const acting = slackOf(page).getByRole("article").filter({ hasText: "back in two minutes" }).first();

    await acting.getByRole("button", { name: "Undo…" }).click();
    const form = page.getByRole("dialog", { name: "Undo the changes" });
    await form.getByLabel("Why").fill("no");
    await form.getByRole("button", { name: "Undo" }).click();
    await form.getByRole("alert").getByText("Say why").waitFor();
    await form.getByLabel("Why").fill("the instance was drained by hand");
    await form.getByRole("button", { name: "Undo" }).click();

    await page.getByText("What was changed is being taken back").waitFor();
    await incident(page, interruption.title).getByText("undoing", { exact: true }).first().waitFor();
    expect(estate.submitted).toHaveLength(2);
  });

  it("halts what an incident is about from its card", async () => {
    const { page } = await givenConsole(browser);
    const acting = slackOf(page).getByRole("article").filter({ hasText: "back in two minutes" }).first();

    await acting.getByRole("button", { name: "Halt…" }).click();
    const form = page.getByRole("dialog", { name: "Halt" });
    await form.getByLabel("What?").selectOption("everything");
    await form.getByLabel(/Why/).fill("too much at once");
    await form.getByRole("button", { name: "Halt" }).click();

    await page.getByText("Halted by Alex: too much at once").waitFor();
  });

  it("takes commands and opens the bot's home", async () => {
    const { page, estate } = await givenConsole(browser);

    await page.getByLabel("Command: /paramedic").fill("status");
    await page.keyboard.press("Enter");
    await slackOf(page).getByText("Nothing is halted; 3 incidents. (status)").waitFor();
    await page.getByRole("tab", { name: "Channel" }).focus();
    await page.keyboard.press("ArrowRight");

    await slackOf(page).getByText("Nothing is degraded.").waitFor();
    expect(estate.typed).toEqual(["status"]);
  });

  it("reads a signal point by point, zooms, and follows again, by keyboard and by mouse", async () => {
    const { page } = await givenConsole(browser);
    const latency = page.getByRole("slider", { name: "LatencyMs of chat" });
    const said = async () => (await latency.getAttribute("aria-valuetext")) ?? "";
    const follows = page.getByRole("button", { name: "30 min", exact: true });

    await latency.focus();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(said).toMatch(/at 03:11:50, an anomaly/);
    expect(await follows.getAttribute("aria-pressed")).toBe("false");
    await page.keyboard.press("Home");
    await expect.poll(said).toMatch(/nothing expected yet/);
    await page.keyboard.press("Escape");
    await follows.click();

    const box = await latency.boundingBox();
    if (!box) throw new Error("there is no chart");
    await page.mouse.move(box.x + box.width * 0.4, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + 50, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => follows.getAttribute("aria-pressed")).toBe("false");
    await latency.dblclick();
    await page.getByRole("button", { name: "15 min", exact: true }).click();
    expect(await page.getByRole("button", { name: "15 min", exact: true }).getAttribute("aria-pressed")).toBe("true");
  });

  it("shows the world before and after a change, what each gate said, what bounds the bot, and who did what", async () => {
    const { page, estate } = await givenConsole(browser);

    const acting = incident(page, interruption.title).first();
    await acting.getByText("launched i-07b2a9e6c3d1f4580").waitFor();
    await acting.getByText("status ACTIVE").waitFor();
    await acting.getByRole("listitem").filter({ hasText: "approval yesauto: nobody has to be asked" }).waitFor();
    await incident(page, "chat answers")
      .getByRole("listitem")
      .filter({ hasText: /approval waits.*27:00/ })
      .waitFor();

    await page.getByRole("tab", { name: /Bounds/ }).click();
    const bounds = page.getByRole("region", { name: "Estate" });
    for (const text of [
      "bedrock/claude/us-east-2 open 0:12 left",
      "bedrock/titan/us-east-2 ramping 25 %",
      "set embeddings to cached lent 11:00 left",
      "spot/g5.xlarge/us-east-1a not asked 52:00 left",
      "2 of 3",
      "demoted: 2 of 5 failed",
    ]) {
      await bounds.getByRole("listitem").filter({ hasText: text }).first().waitFor();
    }

    await page.getByRole("tab", { name: /Audit/ }).click();
    const audit = page.getByRole("region", { name: "Incidents" });
    await audit.getByText("each chained to the one before it").waitFor();
    await audit.getByLabel("Find").fill("could not detach");
    expect(await audit.getByRole("listitem").count()).toBe(1);
    estate.change({ incidents: [{ ...interruption, brokenAt: 2 }, degradation] });
    await audit
      .getByRole("alert")
      .getByText(/Line 2 of 5c0e1f8a2b7d-1 does not fit/)
      .waitFor();
  });

  it("does not say that all is quiet beside an incident that a limit refused", async () => {
    const why = "limit: 3 of 4 in group/gpu-workers would be touched, more than 50 %";
    const { decision: _, ...undecided } = interruption;
    const refused = { ...undecided, phase: { state: "closed", outcome: "refused", why, at: nowMs } } as const;
    const { page } = await givenConsole(browser, { estate: fakeEstate({ ...quietState, incidents: [refused] }) });

    await page.getByRole("status").getByText(`Nothing in hand, but 1 incident not helped: ${why}`).waitFor();
  });

  it("leaves alone where one is reading when something changes", async () => {
    const { page, estate } = await givenConsole(browser, { viewport: { width: 1440, height: 500 } });
    const pane = page.getByRole("region", { name: "Incidents" });
    const read = incident(page, healed.title).locator("summary");
    await read.click();
    await incident(page, "chat answers").locator("summary").click();
    await pane.evaluate((element) => element.scrollTo(0, 200));
    await approve(page).focus();
    const top = async () => (await read.boundingBox())?.y ?? Number.NaN;
    const before = await top();

    const another = { ...interruption, id: "another-1", root: "instance/i-1", title: "another one", openedAt: nowMs };
    estate.change({ now: nowMs + 5_000, incidents: [interruption, degradation, healed, another] });
    await incident(page, "another one").waitFor();

    // To the pixel: the browser scrolls by whole ones.
    expect(Math.abs((await top()) - before)).toBeLessThan(1);
    expect(await nameOfFocus(page)).toBe("Approve");
    expect(await incident(page, healed.title).evaluate((element) => element.hasAttribute("open"))).toBe(true);
    expect(await incident(page, "chat answers").evaluate((element) => element.hasAttribute("open"))).toBe(false);
  });

  it("says that what it shows is old when the stack does not answer", async () => {
    const { page, estate } = await givenConsole(browser);

    estate.fail(new Error("the table is gone"));
    await page.getByText("The stack cannot be read: the table is gone. This is how it was at 03:12:40.").waitFor();
    estate.fail(undefined);
    await page.getByText("One incident waits for a decision").waitFor();
  });

  it("has something to say when there is nothing", async () => {
    const { page, errors } = await givenConsole(browser, {
      estate: fakeEstate({
        ...quietState,
        incidents: [],
        fleet: [],
        signals: [{ id: "latency", name: "LatencyMs", about: "chat", unit: "ms", points: [] }],
      }),
    });

    for (const text of ["All quiet", "None so far.", "Nothing yet.", "no instances", "no measurements yet"]) {
      await page.getByText(text).first().waitFor();
    }
    expect(errors).toEqual([]);
  });

  it("shows hostile text as text", async () => {
    const evil = `<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>[x](javascript:alert(1))\u202Etxt`;
    const shown = {
      ...degradation,
      title: evil,
      root: evil,
      decision: evil,
      story: degradation.story.map((line) => ({ ...line, text: evil, who: evil })),
    };
    const { page, asked, errors } = await givenConsole(browser, {
      estate: fakeEstate({
        incidents: [shown],
        fleet: [{ instanceId: evil, zone: evil, type: evil, state: evil, ecs: evil, tasks: 1 }],
        unread: [{ why: evil.repeat(40), count: 1 }],
        channel: [
          {
            ts: "1.1",
            user: evil,
            text: evil,
            blocks: [null, "x", { type: "section" }, { type: "header" }],
            replies: [{ ts: "1.2", user: evil, text: evil }],
          },
          {
            ts: "1.3",
            user: "U1",
            text: evil,
            blocks: [{ type: "section", text: { type: "mrkdwn", text: evil } }],
            replies: [],
          },
        ],
      }),
    });

    await slackOf(page).getByText("window.hurt").first().waitFor();

    expect(await page.evaluate(() => "hurt" in window)).toBe(false);
    expect(await page.locator("main script, main iframe, main a, main img:not([src='/icon.svg'])").count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    expect([...asked]).toEqual([new URL(page.url()).host]);
    expect(errors.filter((error) => /Content Security|Refused/.test(error))).toEqual([]);
  });

  it("fits screens from 320 to 1,920 pixels", async () => {
    const { page } = await givenConsole(browser, { viewport: { width: 320, height: 844 } });

    for (const width of [320, 390, 800, 1_200, 1_920]) {
      await page.setViewportSize({ width, height: 844 });
      const wide = () =>
        page.evaluate(() =>
          [document.documentElement, ...document.querySelectorAll(".pane")].map(
            (part) => part.scrollWidth - part.clientWidth,
          ),
        );
      await expect.poll(wide).toEqual([0, 0, 0, 0]);
    }
  });

  // For people: `SHOTS=/some/folder npm run test:browser` keeps pictures of it there.
  it.runIf(process.env["SHOTS"]).each([
    ["light", { viewport: { width: 1_600, height: 1_000 } }],
    ["dark", { viewport: { width: 1_600, height: 1_000 }, colorScheme: "dark" }],
    ["narrow", { viewport: { width: 390, height: 844 } }],
  ] as const)("is photographed: %s", async (name, options) => {
    const { page } = await givenConsole(browser, options);

    await approve(page).click();
    await question(page).getByText("Only visible to you").waitFor();
    await page.screenshot({ path: `${process.env["SHOTS"]}/console-${name}.png`, fullPage: name === "narrow" });
  });
});
