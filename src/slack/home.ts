import type { HomeView } from "@slack/web-api";
import { botStory } from "../engine/halting.ts";
import type { Overview } from "../engine/overview.ts";
import { context, divider, header } from "./blocks.ts";
import { button, buttons } from "./buttons.ts";
import { incidentLine, list, overviewBlocks } from "./overview-blocks.ts";
import { moment } from "./text.ts";

/** What buttons on the home carry: they are about the bot as a whole. */
export const wholeBot = botStory;

/** The dashboard in Slack: how things stand, what waits for somebody, how the last incidents ended, and the switch. */
export function home(seen: Overview): HomeView {
  return {
    type: "home",
    blocks: [
      header("Paramedic"),
      ...overviewBlocks(seen),
      {
        type: "actions",
        block_id: "switch",
        elements: [
          button(buttons.halt, "Halt…", wholeBot, "danger"),
          ...(seen.halts.length > 0 ? [button(buttons.resume, "Resume…", wholeBot)] : []),
        ],
      },
      divider,
      ...list("Last incidents", seen.closed.slice(0, 10).map(incidentLine)),
      context(`As of ${moment(seen.now)}. Open this page again to see it anew, or type \`/paramedic help\`.`),
    ],
  };
}
