import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { z } from "zod";
import { VirtualClock } from "../../sim/clock.ts";
import { memoryTable } from "../../sim/memory-table.ts";
import { createSim } from "../../sim/sim.ts";
import { createAws, reading } from "../../src/aws/clients.ts";
import { createInFlight } from "../../src/aws/in-flight.ts";
import { awsLook } from "../../src/aws/look.ts";
import { settingsOf, startMs } from "../support/stack.ts";

const region = "us-east-2";
const received = z.object({ Messages: z.array(z.object({ MessageId: z.string(), ReceiptHandle: z.string() })) });

/**
 * A simulated account with something in every place that an action or a look can go, the names of what is in it, and real
 * clients on it.
 */
export async function smallWorld() {
  const clock = new VirtualClock(startMs);
  const sim = createSim({ clock, seed: 1, region });
  const group = sim.seed.group({
    name: "gpu-workers",
    zones: ["us-east-2a", "us-east-2b"],
    type: "g5.xlarge",
    size: 2,
    max: 4,
    spot: true,
    cluster: "gpu",
    targetGroups: ["chat"],
  });
  sim.seed.capacityProvider({ name: "gpu", cluster: "gpu", group: group.name, managedDraining: false });
  const queue = sim.seed.queue({ name: "jobs", visibilitySeconds: 900, messages: ["job 0"] });
  sim.seed.metric({
    namespace: "Paramedic",
    name: "LatencyMs",
    dimensions: { Service: "chat" },
    samples: [[startMs - 60_000, 2_400]],
  });
  const { Messages } = received.parse(await sim.call("sqs", "ReceiveMessage", { QueueUrl: queue.url }));
  const [instance = ""] = group.instances;
  const names = {
    cluster: "gpu",
    group: group.name,
    instance,
    targetGroup: group.targetGroupArns[0] ?? "",
    containerInstance: Object.values(sim.world.hosts).find(({ instanceId }) => instanceId === instance)?.arn ?? "",
    queueUrl: queue.url,
    messages: Messages.map(({ MessageId: id, ReceiptHandle: receiptHandle }) => ({ id, receiptHandle })),
    service: "chat",
  };

  const aws = createAws({ ...reading, region });
  for (const client of Object.values(aws)) sim.attach(client);
  const cloudwatch = sim.attach(new CloudWatchClient({ ...reading, region }));
  const look = awsLook({ aws, cloudwatch, inFlight: createInFlight(memoryTable()), settings: settingsOf(), clock });

  const before = sim.calls.length;
  /** The IAM actions that were needed so far, scene setting apart. */
  const needed = (): string[] => [...new Set(sim.calls.slice(before).map(({ permission }) => permission))].sort();
  return { sim, aws, look, names, needed };
}
export type Names = Awaited<ReturnType<typeof smallWorld>>["names"];
