import { mkdirSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everyCard } from "../support/console/cards.ts";
import { fakeEstate } from "../support/console/fake-estate.ts";
import { givenConsole, launch } from "../support/console/given-console.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

describe("every kind of card", () => {
  it.each(["light", "dark"] as const)(
    "is shown as Slack shows it, and wakes nobody by its text: %s",
    async (colorScheme) => {
      const cards = everyCard();
      const estate = fakeEstate({ channel: cards.map(({ message }) => message) });
      const { page, errors } = await givenConsole(browser, {
        estate,
        colorScheme,
        viewport: { width: 1_440, height: 900 },
      });
      const shown = page.getByRole("region", { name: "Slack", exact: true }).getByRole("article");

      await expect.poll(() => shown.count()).toBe(cards.length);
      expect(await shown.locator("a[href*='evil']").count()).toBe(0);
      expect(errors).toEqual([]);
      // For people: `SHOTS=/some/folder npm run test:browser` keeps pictures of them there.
      const folder = process.env["SHOTS"];
      if (folder === undefined) return;
      mkdirSync(folder, { recursive: true });
      for (const [i, { kind }] of cards.toReversed().entries())
        await shown.nth(i).screenshot({ path: `${folder}/card-${kind.replaceAll(" ", "-")}-${colorScheme}.png` });
    },
  );
});
