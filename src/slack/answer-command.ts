import type { KnownBlock } from "@slack/web-api";
import { restoreTrust, runAgain, runOn, setCircuitByHand, setLevelByHand } from "../engine/by-hand.ts";
import { halt, resume } from "../engine/halting.ts";
import { lookOver } from "../engine/overview.ts";
import type { Clicker, Said } from "../engine/people.ts";
import type { World } from "../engine/world.ts";
import type { Incident } from "../incidents/incident.ts";
import { configuredAutonomy } from "../settings.ts";
import { context, section } from "./blocks.ts";
import { card } from "./card.ts";
import { findIncident } from "./find-incident.ts";
import { namesIn } from "./names.ts";
import type { Announcement } from "./notices.ts";
import { circuitLine, incidentLine, levelLine, list, overviewBlocks, switchInWords } from "./overview-blocks.ts";
import { planInWords, touchesInWords } from "./plan-in-words.ts";
import { type Command, readCommand, type Verb, verbs } from "./read-command.ts";
import { code, fold, foreign, moment } from "./text.ts";
import { trustLines } from "./trust-in-words.ts";

/** What is answered to the one who typed, and what the channel is told. */
export interface Told {
  readonly blocks: KnownBlock[];
  readonly announces?: Announcement;
}

const words = (text: string): Told => ({ blocks: [section(foreign(text, 2_900))] });

/** Answers what somebody typed after `/paramedic`. Everybody in the workspace may look; only approvers change anything. Never throws. */
export async function answerCommand(world: World, text: string, who: Clicker): Promise<Told> {
  if (who.team !== world.settings.team) return words("You are in another workspace; nothing is shown there.");
  try {
    return await answer(world, readCommand(text, namesIn(world)), who);
  } catch (error) {
    world.log("error", "a command could not be answered", { text, by: who.id, error: String(error) });
    return words("That could not be done just now. Try again, or use the CLI.");
  }
}

async function answer(world: World, command: Command, who: Clicker): Promise<Told> {
  switch (command.kind) {
    case "status":
      return { blocks: overviewBlocks(await lookOver(world)) };
    case "incidents": {
      const recent = await world.incidents.recent(15);
      if (recent.length === 0) return words("There has been no incident yet.");
      return { blocks: list("Incidents", recent.map(incidentLine)) };
    }
    case "explain":
      return await about(world, command.incident, async (incident) => [
        ...explained(world, incident, await world.stories.read(incident.id)),
      ]);
    case "plan":
      return await about(world, command.incident, ({ plan, phase, title }) =>
        Promise.resolve(
          plan
            ? [
                section(`*${foreign(title, 150)}*`),
                section(planInWords(plan, phase.state)),
                section(touchesInWords(plan)),
                context(`hash ${code(plan.hash, 70)}`),
              ]
            : [section("There is no plan: none was made yet, or there was nothing to do.")],
        ),
      );
    case "run": {
      const found = await findIncident(world, command.incident);
      return found.kind === "none"
        ? words(found.why)
        : said(await runAgain(world, who, found.incident, command.why), who);
    }
    case "start":
      return said(await runOn(world, who, command), who);
    case "halt":
      return said(await halt(world, who, command), who);
    case "resume":
      return said(await resume(world, who, command.scope), who);
    case "frozen":
      return { blocks: [section(switchInWords(await world.halts()))] };
    case "levels": {
      const { levels } = await lookOver(world);
      return levels.length === 0
        ? words("Every service shows all of itself.")
        : { blocks: list("Degraded", levels.map(levelLine)) };
    }
    case "level":
      return said(await setLevelByHand(world, who, command), who);
    case "circuits": {
      const { circuits } = await lookOver(world);
      if (circuits.length === 0) return words("Every circuit of the settings is closed.");
      return { blocks: list("Circuits that are not closed", circuits.map(circuitLine)) };
    }
    case "circuit":
      return said(await setCircuitByHand(world, who, command), who);
    case "runbooks":
      return {
        blocks: list(
          "Runbooks",
          world.runbooks.map(
            ({ id, definition }) =>
              `${code(id, 60)} *${configuredAutonomy(world.settings, id, undefined)}* · ${foreign(definition.summary, 90)}`,
          ),
        ),
      };
    case "trust":
      return { blocks: list("Trust", await trustLines(world)) };
    case "restore":
      return said(await restoreTrust(world, who, command.runbook, command.service), who);
    case "help":
      return { blocks: [section(help(command.about))] };
    case "wrong":
      return { blocks: [section(foreign(command.why, 1_000)), section(help(command.about))] };
  }
}

/** What was done to the bot is told to the channel; what was refused concerns only the one who tried. */
const said = ({ kind, why }: Said, { id }: Clicker): Told => ({
  ...words(why),
  ...(kind === "done" && { announces: { who: id, said: why } }),
});

async function about(world: World, typed: string, show: (incident: Incident) => Promise<KnownBlock[]>): Promise<Told> {
  const found = await findIncident(world, typed);
  return found.kind === "none" ? words(found.why) : { blocks: await show(found.incident) };
}

/** The card without its buttons, and the end of the story under it. */
function explained(
  world: World,
  incident: Incident,
  story: Awaited<ReturnType<World["stories"]["read"]>>,
): KnownBlock[] {
  const { settings, clock } = world;
  const shown = card({ incident, story, settings, now: clock.now() }).blocks.filter(({ type }) => type !== "actions");
  const lines = story.map(
    ({ at, who, text }) => `${moment(at)} ${who === "bot" ? "" : `${foreign(who, 30)}: `}${foreign(text, 200)}`,
  );
  const latest = lines.slice(-12);
  const earlier = lines.length - latest.length;
  const told = fold(latest, { linesMax: 12, charsMax: 1_800 }, (from) => `and ${latest.length - from} more`);
  return lines.length === 0
    ? shown
    : [...shown, section(`*Story*${earlier > 0 ? ` (${earlier} earlier lines are in the thread)` : ""}\n${told}`)];
}

function help(about?: Verb): string {
  const all = Object.entries(verbs).filter(([verb]) => about === undefined || verb === about);
  return all.map(([, [typed, what]]) => `${code(`/paramedic ${typed}`, 120)}\n${foreign(what, 200)}`).join("\n");
}
