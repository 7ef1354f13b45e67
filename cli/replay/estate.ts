import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { z } from "zod";
import { VirtualClock } from "../../sim/clock.ts";
import { memoryTable } from "../../sim/memory-table.ts";
import { createSim, type Sim } from "../../sim/sim.ts";
import { readSavedWorld } from "../../sim/world.ts";
import { createAws, reading } from "../../src/aws/clients.ts";
import { createInFlight, type InFlight } from "../../src/aws/in-flight.ts";
import { awsLook } from "../../src/aws/look.ts";
import { closedCalendar, readHalts } from "../../src/aws/switches.ts";
import { tableNameOf } from "../../src/aws/table.ts";
import { createDetectors } from "../../src/engine/detectors.ts";
import type { World } from "../../src/engine/world.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import type { Settings } from "../../src/settings.ts";
import { allReadOnly, readOnly } from "./read-only.ts";

/** The estate an incident implies, and in words what was assumed of it. */
export interface Estate extends Pick<World, "look" | "reading" | "acting" | "halts" | "maintenance"> {
  readonly assuming: string;
  /** Everything that was asked of it. */
  readonly calls: Sim["calls"];
}

const aboutInstance = z.object({ instanceId: z.string(), region: z.string(), account: z.string() });
const aboutService = z.object({ service: z.string(), ms: z.number().optional(), highMs: z.number() });

const size = 4;
const messages = 2;

/**
 * An account for an incident to be looked at in. There is none here, so a simulated one is made of what the incident says.
 *
 * Everything in it is made before anybody may look, and from then on it can only be looked at.
 */
export async function assumeEstate(incident: Incident, settings: Settings, at: number): Promise<Estate> {
  const clock = new VirtualClock(at);
  const inFlight = createInFlight(memoryTable());
  const { sim, assuming } = await furnish(incident, settings, clock, inFlight);
  return estateOf(sim, { settings, clock, inFlight, assuming });
}

/** An account with nothing in it. */
export function bareEstate(settings: Settings): Estate {
  const clock = new VirtualClock(0);
  const inFlight = createInFlight(memoryTable());
  return estateOf(createSim({ clock, seed: 1 }), { settings, clock, inFlight, assuming: "there is nothing" });
}

function estateOf(
  sim: Sim,
  {
    settings,
    clock,
    inFlight,
    assuming,
  }: { settings: Settings; clock: VirtualClock; inFlight: InFlight; assuming: string },
): Estate {
  for (const name of settings.calendars) sim.seed.calendar({ name });
  sim.seed.table({ name: tableNameOf(settings.stage) });
  const { region } = sim.world;
  const aws = allReadOnly(createAws({ ...reading, region }));
  for (const client of Object.values(aws)) sim.attach(client);
  const cloudwatch = readOnly(sim.attach(new CloudWatchClient({ ...reading, region })));
  sim.stop();
  return {
    assuming,
    reading: aws,
    acting: aws,
    look: awsLook({ aws, cloudwatch, inFlight, detectors: createDetectors(memoryTable()), settings, clock }),
    halts: () => readHalts(aws.ssm, clock.now()),
    maintenance: () => closedCalendar(aws.ssm, settings.calendars, clock.now()),
    calls: sim.calls,
  };
}

async function furnish(
  { root, signal }: Incident,
  settings: Settings,
  clock: VirtualClock,
  inFlight: InFlight,
): Promise<{ sim: Sim; assuming: string }> {
  const instance = aboutInstance.safeParse(signal);
  if (root.startsWith("instance/") && instance.success) return await fleet(instance.data, settings, clock, inFlight);

  const sim = createSim({ clock, seed: 1 });
  const service = aboutService.safeParse(signal);
  const found = service.success ? settings.services.find(({ name }) => name === service.data.service) : undefined;
  if (!service.success || !found) return { sim, assuming: `nothing is known about ${root}` };

  const { ms, highMs } = service.data;
  const { namespace, name, dimensions } = found.latency;
  // A minute old: what CloudWatch shows of a metric is.
  sim.seed.metric({ namespace, name, dimensions, samples: [[clock.now() - 60_000, ms ?? highMs]] });
  const answers =
    ms === undefined ? `is as slow as its settings call high (${highMs} ms)` : `answers in ${Math.round(ms)} ms`;
  return { sim, assuming: `${found.name} is at level full and still ${answers}` };
}

/** The instance in a spot group, on a cluster, behind a target group, with a worker on it that is busy. */
async function fleet(
  { instanceId, region, account }: z.infer<typeof aboutInstance>,
  settings: Settings,
  clock: VirtualClock,
  inFlight: InFlight,
): Promise<{ sim: Sim; assuming: string }> {
  const draft = createSim({ clock, seed: 1, region, account });
  const [cluster] = settings.clusters;
  const zones = [`${region}a`, `${region}b`];
  const group = draft.seed.group({
    // One of its own: whether two instances share a group, and so its limit, nobody here can know.
    name: `assumed-for-${instanceId}`,
    zones,
    type: "g5.xlarge",
    size,
    max: size + 2,
    spot: true,
    targetGroups: ["assumed-targets"],
    ...(cluster !== undefined && { cluster }),
  });
  const [doomed = ""] = group.instances;
  const bodies = Array.from({ length: messages }, (_, index) => `job ${index}`);
  const queue = draft.seed.queue({ name: "assumed-queue", visibilitySeconds: 900, messages: bodies });
  const taken = z
    .object({ Messages: z.array(z.object({ MessageId: z.string(), ReceiptHandle: z.string() })) })
    .parse(await draft.call("sqs", "ReceiveMessage", { QueueUrl: queue.url, MaxNumberOfMessages: messages }));
  for (const { MessageId: messageId, ReceiptHandle: receiptHandle } of taken.Messages) {
    const message = { queueUrl: queue.url, messageId, receiptHandle, visibleUntil: clock.now() + 900_000 };
    await inFlight.take(instanceId, message);
  }
  draft.stop();

  // The simulation names its instances itself: one is renamed in the saved world, and the call log begins anew.
  const state = JSON.stringify(draft.save()).replaceAll(doomed, instanceId);
  const sim = createSim({ clock, seed: 1, state: readSavedWorld(JSON.parse(state)) });
  const host = cluster === undefined ? "" : `, a host of ECS cluster ${cluster}`;
  return {
    sim,
    assuming:
      `${instanceId} is a running spot g5.xlarge in an Auto Scaling group of its own of ${size} (at most ${size + 2}) in ${zones.join(" and ")}${host}, ` +
      `gets traffic from one target group, and a worker on it has ${messages} messages in flight`,
  };
}
