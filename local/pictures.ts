import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { startConsole } from "./console/server.ts";
import { consoleSource } from "./source.ts";
import { startStack } from "./stack.ts";

const folder = "docs/images";

/** `npm run pictures`: the pictures in the documentation, taken of the real page over the real stack. Needs chromium. */
mkdirSync(folder, { recursive: true });
const stack = await startStack({ speed: 10, log: (line) => process.stderr.write(`  ${line}\n`) });
const page = await startConsole({ source: consoleSource(stack), port: 0 });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  // A quarter of an hour of good days first, so that there is something to see what is different from.
  await new Promise((resolve) => setTimeout(resolve, 20_000));
  const [doomed] = Object.keys(stack.sim.world.instances);
  if (doomed !== undefined) stack.sim.spot.interrupt(doomed);
  stack.slow(true);
  for (let isAsked = false; !isAsked;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    isAsked = (await stack.stores.incidents.recent(5)).some(({ phase }) => phase.state === "waiting");
  }
  for (const colorScheme of ["light", "dark"] as const) {
    const view = await browser.newPage({ viewport: { width: 1600, height: 1000 }, colorScheme });
    await view.goto(page.url);
    await view.getByRole("button", { name: "Approve" }).first().waitFor();
    const file = `${folder}/console${colorScheme === "dark" ? "-dark" : ""}.png`;
    await view.screenshot({ path: file });
    process.stderr.write(`${file}\n`);
  }
} finally {
  await browser.close();
  await page.close();
  await stack.close();
}
process.exit(0);
