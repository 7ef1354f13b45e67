import { levelNow, levelParameter, levelValue } from "../src/aws/level.ts";
import settings from "../paramedic.config.ts";
import { unread } from "../src/engine/unread.ts";
import { haltParameter } from "../src/aws/switches.ts";
import type { ConsoleSource, ConsoleState, Mishap } from "./console/state.ts";
import type { Stack } from "./stack.ts";

/** What the console shows of a running stack, read anew each time, and what can be done from it. */
export function consoleSource(stack: Stack): ConsoleSource {
  const { clock, stores, slack } = stack;
  return {
    async state(): Promise<ConsoleState> {
      const [incidents, channel, queue, points, notRead] = await Promise.all([
        stores.incidents.recent(30),
        slack.messages(),
        stack.queue(),
        stack.latency(),
        unread(stores.table, 20),
      ]);
      const told = await Promise.all(
        incidents.map(async (incident) => ({ ...incident, story: await stores.stories.read(incident.id) })),
      );
      return {
        now: clock.now(),
        speed: clock.speed,
        ...haltedIn(stack),
        fleet: fleetOf(stack),
        queue,
        services: settings.services.map(({ name, latencyMs }) => ({
          name,
          level: levelIn(stack, name),
          points,
          highMs: latencyMs.high,
        })),
        incidents: told,
        channel,
        people: [
          ...settings.approvers.map(({ slack: id, name }) => ({ id, name, approver: true })),
          { id: "U0GUEST", name: "Robin", approver: false },
        ],
        unread: notRead.map(({ why, count }) => ({ why, count })),
      };
    },
    click: (press) => slack.click(press),
    cause: (mishap) => cause(stack, mishap),
  };
}

async function cause(stack: Stack, mishap: Mishap): Promise<void> {
  switch (mishap) {
    case "interrupt": {
      const running = fleetOf(stack).filter(({ state, ecs }) => state === "running" && ecs === "ACTIVE");
      const one = running[Math.floor(stack.clock.now() / 1000) % Math.max(1, running.length)];
      if (one) stack.sim.spot.interrupt(one.instanceId);
      return;
    }
    case "slow":
      return stack.slow(true);
    case "recover":
      return stack.slow(false);
    case "halt":
      return await stack.halt("the console", "halted by hand");
    case "resume":
      return await stack.resume();
    case "skip-minute":
      return await stack.skip(60_000);
    case "skip-ten-minutes":
      return await stack.skip(600_000);
  }
}

function fleetOf({ sim }: Stack): ConsoleState["fleet"] {
  const { hosts, tasks, instances } = sim.world;
  return Object.values(instances)
    .sort((a, b) => a.launchedAt - b.launchedAt || (a.id < b.id ? -1 : 1))
    .map((instance) => {
      const host = Object.values(hosts).find(({ instanceId }) => instanceId === instance.id);
      const running = Object.values(tasks).filter(({ host: on, last }) => on === host?.arn && last === "RUNNING");
      const doomed = instance.reclaimedAt !== undefined && instance.state === "running";
      return {
        instanceId: instance.id,
        zone: instance.zone,
        type: instance.type,
        state: doomed ? "interrupted" : instance.state,
        ecs: host?.status ?? (instance.state === "running" ? "joining" : "none"),
        tasks: running.length,
        ...(instance.reclaimedAt !== undefined && { interruptedAt: instance.reclaimedAt - 120_000 }),
      };
    });
}

function haltedIn({ sim }: Stack): { halted?: { by: string; why: string } } {
  const text = sim.world.parameters[haltParameter]?.versions.at(-1)?.value;
  if (text === undefined) return {};
  const { by, why } = JSON.parse(text) as { by: string; why: string };
  return { halted: { by, why } };
}

function levelIn({ sim, clock }: Stack, service: string): string {
  const version = sim.world.parameters[levelParameter(service)]?.versions.at(-1);
  if (!version) return "full";
  const read = levelValue.safeParse(JSON.parse(version.value));
  return levelNow(
    { version: version.version, text: version.value, ...(read.success && { value: read.data }) },
    clock.now(),
  );
}
