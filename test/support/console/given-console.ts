import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { startConsole } from "../../../local/console/server.ts";
import { type FakeEstate, fakeEstate } from "./fake-estate.ts";

/** Chromium without what would reach for the network by itself. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
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

export interface GivenConsole {
  readonly page: Page;
  readonly estate: FakeEstate;
  /** Hosts that the page has asked for anything. */
  readonly asked: ReadonlySet<string>;
  /** Errors on the page: what it threw, and what the browser complained of. */
  readonly errors: readonly string[];
}

/** A console over a fake estate, open in a browser. Closed when the test is over. */
export async function givenConsole(
  browser: Browser,
  { estate = fakeEstate(), ...options }: BrowserContextOptions & { estate?: FakeEstate } = {},
): Promise<GivenConsole> {
  const shown = await startConsole({ source: estate, port: 0, every: { seconds: 0.05 } });
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
    ...options,
  });
  onTestFinished(async () => {
    await context.close();
    await shown.close();
  });
  const page = await context.newPage();
  const asked = new Set<string>();
  const errors: string[] = [];
  page.on("request", (request) => asked.add(new URL(request.url()).host));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(shown.url);
  await page.getByRole("heading", { name: "Estate" }).waitFor();
  return { page, estate, asked, errors };
}
