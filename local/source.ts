import { levelNow, levelParameter, levelValue } from "../src/aws/level.ts";
import settings from "../paramedic.config.ts";
import { toMs } from "../src/clock.ts";
import { botStory } from "../src/engine/halting.ts";
import { unread } from "../src/engine/unread.ts";
import type { Incident } from "../src/incidents/incident.ts";
import { boundsOf, shareOf } from "./bounds.ts";
import { cause } from "./cause.ts";
import type { Bounds, ConsoleSource, ConsoleState, Mishap } from "./console/state.ts";
import type { Trouble } from "./estate/troubles.ts";
import { fleetOf } from "./fleet.ts";
import type { Stack } from "./stack.ts";
import { createTeller, shownStory } from "./told.ts";

/** What the console shows of a running stack, read anew each time, and what can be done from it. */
export function consoleSource(stack: Stack): ConsoleSource {
  const { clock, stores, slack } = stack;
  const tell = createTeller(stack);
  const bounds = everyNowAndThen(() => boundsOf(stack));
  return {
    async state(): Promise<ConsoleState> {
      const [incidents, channel, queue, signals, notRead, halts, bounded, bot] = await Promise.all([
        stores.incidents.recent(30),
        slack.messages(),
        stack.queue(),
        stack.signals.read(),
        unread(stores.table, 20),
        stack.halts(),
        bounds(),
        stores.stories.read(botStory),
      ]);
      const shares = await sharesIn(stack, incidents);
      return {
        now: clock.now(),
        speed: clock.speed,
        halts,
        fleet: fleetOf(stack),
        queue,
        services: settings.services.map(({ name }) => ({ name, ...levelIn(stack, name) })),
        signals,
        incidents: await Promise.all(incidents.map(tell)),
        bounds: { ...bounded, limits: [...bounded.limits, ...shares] },
        bot: shownStory(bot),
        channel,
        homes: slack.homes,
        people: [
          ...settings.approvers.flatMap(({ slack: id, name }) =>
            id === undefined ? [] : [{ id, name, approver: true }],
          ),
          { id: "U0GUEST", name: "Robin", approver: false },
        ],
        unread: notRead.map(({ why, count }) => ({ why, count })),
        troubles: stack.troubles().map((trouble) => causedBy[trouble]),
      };
    },
    click: (press) => slack.click(press),
    submit: (filled) => slack.submit(filled),
    command: (typed) => slack.command(typed),
    openHome: (who) => slack.openHome(who),
    picture: (id) => slack.picture(id),
    cause: (mishap) => cause(stack, mishap),
  };
}

const causedBy: Readonly<Record<Trouble, Mishap>> = { slow: "slow", provider: "break-provider", leak: "leak" };

/** Reads again after two seconds at the earliest: the tables of a whole account are asked for it. */
function everyNowAndThen(read: () => Promise<Bounds>): () => Promise<Bounds> {
  let last: { readonly at: number; readonly bounds: Promise<Bounds> } | undefined;
  return () => {
    if (!last || Date.now() - last.at > toMs({ seconds: 2 })) last = { at: Date.now(), bounds: read() };
    return last.bounds;
  };
}

/** How much is used of the share that may be touched, of each fleet that a plan has named. */
async function sharesIn({ stores, clock }: Stack, incidents: readonly Incident[]): Promise<Bounds["limits"]> {
  const fleets = new Map(incidents.flatMap(({ plan }) => (plan?.fleet ? [[plan.fleet.scope, plan.fleet]] : [])));
  const all = await Promise.all([...fleets.values()].map((fleet) => shareOf(stores.table, clock.now(), fleet)));
  return all.flat();
}

function levelIn(
  { sim, clock }: Stack,
  service: string,
): Pick<ConsoleState["services"][number], "level" | "until" | "why"> {
  const version = sim.world.parameters[levelParameter(service)]?.versions.at(-1);
  if (!version) return { level: "full" };
  const value = levelValue.safeParse(JSON.parse(version.value)).data;
  const found = { version: version.version, text: version.value, ...(value && { value }) };
  const level = levelNow(found, clock.now());
  if (!value || level === "full") return { level };
  return { level, why: value.reason, ...(value.expiresAt !== undefined && { until: value.expiresAt }) };
}
