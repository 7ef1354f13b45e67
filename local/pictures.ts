import { mkdirSync, writeFileSync } from "node:fs";
import { chromium, type Page } from "playwright-core";
import { BotError } from "../src/bot-error.ts";
import { startConsole } from "./console/server.ts";
import { consoleSource } from "./source.ts";
import { type Stack, startStack } from "./stack.ts";

const folder = "docs/images";
const say = (line: string) => void process.stderr.write(`${line}\n`);

/** Longest that anything on the page may take on a busy machine, and what the bot needs to come to something. */
const pageMsMax = 20_000;
const botMsMax = 60_000;

/** Waits until it is so. @throws BotError `not_found` with what there is instead when it is not so in time. */
async function until(stack: Stack, what: string, isSo: () => Promise<boolean>): Promise<void> {
  const endBy = Date.now() + botMsMax;
  while (!(await isSo())) {
    if (Date.now() > endBy) {
      const incidents = await stack.stores.incidents.recent(9);
      const instead = incidents.map(({ runbook, phase }) => `${runbook}: ${JSON.stringify(phase)}`).join("; ");
      throw new BotError("not_found", `taking pictures: not ${what} within ${botMsMax / 1_000} s; ${instead}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Takes a picture of a part of the page, or of what is in sight of it. */
async function take(page: Page, name: string, part?: string): Promise<void> {
  const file = `${folder}/${name}.png`;
  const options = { timeout: pageMsMax, animations: "disabled", caret: "hide" } as const;
  const picture =
    part === undefined ? await page.screenshot(options) : await page.locator(part).first().screenshot(options);
  writeFileSync(file, picture);
  say(`${file} ${Math.round(picture.length / 1_000)} kB`);
}

/** `npm run pictures`: the pictures in the documentation, taken of the real page over the real stack. Needs chromium. */
async function pictures(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  say("Bringing up the stack …");
  const stack = await startStack({ speed: 2, log: (line) => say(`  ${line}`) });
  const shown = await startConsole({ source: consoleSource(stack), port: 0 });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    timeout: pageMsMax,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const open = async (colorScheme: "light" | "dark", viewport: typeof wide): Promise<Page> => {
    const page = await browser.newPage({ viewport, colorScheme, reducedMotion: "reduce" });
    page.setDefaultTimeout(pageMsMax);
    await page.goto(shown.url, { timeout: pageMsMax });
    await page.getByRole("heading", { name: "Incidents" }).waitFor();
    return page;
  };
  try {
    await breakThings(stack);
    const light = await open("light", wide);
    await light.getByRole("button", { name: "Approve" }).first().waitFor();
    await take(light, "console");
    await takeForms(light);
    await takeCards(stack, light);
    await takeSlack(light);
    const dark = await open("dark", wide);
    await dark.getByRole("button", { name: "Approve" }).first().waitFor();
    await take(dark, "console-dark");
    await take(await open("light", narrow), "console-narrow");

    await light.getByRole("button", { name: "Approve" }).first().click();
    await stack.skip(60_000);
    await until(stack, "holding", async () =>
      (await stack.stores.incidents.recent(9)).some(({ phase }) => phase.state === "holding"),
    );
    await takeViews(light);
    await takeViews(dark, "-dark");
    await takeCards(stack, dark, "-dark");
    await takeCards(stack, light);
  } finally {
    await Promise.race([browser.close(), new Promise((resolve) => setTimeout(resolve, 5_000))]);
    await shown.close();
    await stack.close();
  }
}

const wide = { width: 1_440, height: 900 };
const narrow = { width: 390, height: 844 };

/** A pool is taken, the model is slow, and its provider fails: everything that there is to see. */
async function breakThings(stack: Stack): Promise<void> {
  // Some good minutes first, so that there is something to see what is different from.
  await until(stack, "four signals", async () => {
    const signals = await stack.signals.read();
    return signals.length >= 4 && signals.every(({ points }) => points.length > 0);
  });
  await stack.skip(120_000);
  const [doomed] = Object.keys(stack.sim.world.instances);
  if (doomed !== undefined) stack.sim.spot.interrupt(doomed);
  await until(stack, "a card", async () => (await stack.slack.messages()).length > 0);
  stack.setTrouble("provider", true);
  // At the beginning of a minute, whose average shows it then from its first point on.
  await stack.skip(60_000 - (stack.clock.now() % 60_000));
  stack.setTrouble("slow", true);
  await stack.submit(40);
  await until(stack, "a question", async () =>
    (await stack.stores.incidents.recent(5)).some(({ phase }) => phase.state === "waiting"),
  );
}

/** The forms that the buttons of a question open. */
async function takeForms(page: Page): Promise<void> {
  for (const [button, name] of [
    ["Deny", "form-deny"],
    ["Override…", "form-override"],
  ] as const) {
    await page.getByRole("button", { name: button }).first().click();
    await page.getByRole("dialog").waitFor();
    await take(page, name, "dialog");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
  await page.getByRole("button", { name: "Break something" }).click();
  await take(page, "break-something", "#breakages");
  await page.keyboard.press("Escape");
}

/** What stands behind the first views of the page. */
async function takeViews(page: Page, ending = ""): Promise<void> {
  await page.getByRole("tab", { name: /Bounds/ }).click();
  await take(page, `console-bounds${ending}`, "#estate");
  await page.getByRole("tab", { name: "Audit" }).click();
  await take(page, `console-audit${ending}`, "#incidents");
}

/** The card of each incident there is, by its runbook and where it stands. */
async function takeCards(stack: Stack, page: Page, ending = ""): Promise<void> {
  const { width } = wide;
  // As high as the longest card, for a picture ends where the part that scrolls does.
  await page.setViewportSize({ width, height: 1_800 });
  for (const { runbook, phase, card } of await stack.stores.incidents.recent(9)) {
    const state = phase.state === "closed" ? phase.outcome : phase.state;
    if (card) await take(page, `card-${runbook}-${state}${ending}`, `[id="message-${card.ts}"]`);
  }
  await page.setViewportSize(wide);
}

/** What the command answers, and the bot's home. */
async function takeSlack(page: Page): Promise<void> {
  await page.getByLabel("Command: /paramedic").fill("status");
  await page.keyboard.press("Enter");
  await page.locator(".command .answer").getByText("Only visible to you").waitFor();
  await take(page, "slack-status", ".command");
  await page.getByRole("tab", { name: "Home" }).click();
  await page.locator(".home").waitFor();
  await take(page, "slack-home", "#slack");
  await page.getByRole("tab", { name: "Channel" }).click();
}

pictures().then(
  () => process.exit(0),
  (error: unknown) => {
    say(
      error instanceof BotError
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error),
    );
    process.exit(1);
  },
);
