import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser } from "playwright-core";
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

it("heals a latency incident of the running stack once somebody clicks Approve on the page", async () => {
  const page = await browser.newPage();
  await page.goto(stack.url);

  await page.getByRole("button", { name: "Break something" }).click();
  await page.getByRole("button", { name: "Slow the service down" }).click();
  await page.keyboard.press("Escape");
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
  await page.close();
});
