import { z } from "zod";
import type { VirtualClock } from "../../sim/clock.ts";
import { take } from "../../src/engine/take.ts";
import { readSignal } from "../../src/signals/read-signal.ts";
import type { Bot } from "./bot.ts";

/** One interruption, set up and not yet heard of: the event as text, as it reaches a Lambda's runtime. */
export interface Scene {
  readonly event: string;
  readonly instance: string;
}

const received = z.object({ Messages: z.array(z.object({ MessageId: z.string(), ReceiptHandle: z.string() })) });

/** A group of four GPU spot instances of its own, with tasks, a target group and three messages in flight on the doomed one. */
export async function setScene({ sim, inFlight }: Bot, clock: VirtualClock, name: string): Promise<Scene> {
  const { instances } = sim.seed.group({
    name,
    zones: ["us-east-2a", "us-east-2b"],
    type: "g5.xlarge",
    size: 4,
    max: 6,
    spot: true,
    cluster: "gpu",
    targetGroups: [name],
  });
  const [instance = ""] = instances;
  sim.seed.service({ cluster: "gpu", name, desired: 2 });
  const { url } = sim.seed.queue({ name, visibilitySeconds: 900, messages: ["1", "2", "3"] });
  const taken = await sim.call("sqs", "ReceiveMessage", { QueueUrl: url, MaxNumberOfMessages: 3 });
  for (const { MessageId, ReceiptHandle } of received.parse(taken).Messages) {
    await inFlight.take(instance, {
      queueUrl: url,
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      visibleUntil: clock.now() + 900_000,
    });
  }
  sim.spot.interrupt(instance);
  const event = {
    version: "0",
    id: `e-${name}`,
    "detail-type": "EC2 Spot Instance Interruption Warning",
    source: "aws.ec2",
    account: "123456789012",
    time: new Date(clock.now()).toISOString(),
    region: "us-east-2",
    resources: [`arn:aws:ec2:us-east-2a:instance/${instance}`],
    detail: { "instance-id": instance, "instance-action": "terminate" },
  };
  return { event: JSON.stringify(event), instance };
}

/** Hears of the interruption, and answers how long it was to the first call that changed something, in milliseconds. */
export async function timeToFirstAction(bot: Bot, { event }: Scene): Promise<number> {
  const change = bot.nextChange();
  const from = performance.now();
  await take(bot.world, JSON.parse(event));
  return (await change) - from;
}

/** What a handler costs that only reads the event. */
export function timeToRead({ event }: Scene): number {
  const from = performance.now();
  readSignal(JSON.parse(event));
  return performance.now() - from;
}

/** Longer than the limits of the runbook look back, so that one run does not count against the next. */
const apartMs = 15 * 60_000;

/** Ends the remediation where it is, and moves on: what comes after the first action is not measured, and takes long. */
export async function abandon({ service }: Bot, clock: VirtualClock): Promise<void> {
  for (const { arn, status } of service.list()) if (status === "RUNNING") service.stop(arn);
  await service.idle();
  clock.advance(apartMs);
}

/** Lets the remediation go on to its end. @throws if it does not heal: then what was measured is not what is promised. */
export async function finish({ service, world }: Bot, clock: VirtualClock): Promise<void> {
  const over = clock.now() + apartMs;
  await service.settle(() => (clock.next() ?? Infinity) > over);
  const [incident] = await world.incidents.recent(1);
  if (incident?.phase.state !== "closed" || incident.phase.outcome !== "healed")
    throw new Error(`the remediation did not heal: ${JSON.stringify(incident?.phase)}`);
}
