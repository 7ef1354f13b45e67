import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { z } from "zod";
import { VirtualClock } from "../../sim/clock.ts";
import { memoryTable } from "../../sim/memory-table.ts";
import { createSim } from "../../sim/sim.ts";
import { createAws, reading } from "../../src/aws/clients.ts";
import { createInFlight } from "../../src/aws/in-flight.ts";
import { awsLook } from "../../src/aws/look.ts";
import { createDetectors } from "../../src/engine/detectors.ts";
import { chat } from "../support/settings.ts";
import { settingsOf, startMs } from "../support/stack.ts";

const region = "us-east-2";
const received = z.object({ Messages: z.array(z.object({ MessageId: z.string(), ReceiptHandle: z.string() })) });

const mappingId = "0a5b8e1c-77c1-4f2a-9d53-d6a1c2b3e4f5";
const errors = { namespace: "Paramedic", name: "Errors" };

/** What of the chat service is watched besides its latency: as much as there is to be watched. */
const watched = {
  spend: {
    spenders: [
      {
        name: "researcher",
        usdPerHour: 5,
        uses: [{ namespace: "AWS/Bedrock", name: "OutputTokenCount", usd: 15e-6 }],
        function: "researcher",
        eventSource: mappingId,
        workGroup: "research",
        jobQueue: "gpu-jobs",
      },
    ],
  },
  model: {
    endpoint: { name: "rank", stable: "old" },
    alias: { function: "researcher", name: "live" },
    prompt: "/chat/prompt",
    trouble: { metric: errors, high: 0.05 },
  },
};

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
  sim.seed.table({ name: "paramedic-test" });
  const dead = sim.seed.queue({ name: "jobs-dead", messages: ["job -1"] });
  const deadLetter = { queue: "jobs-dead", maxReceives: 3 };
  const queue = sim.seed.queue({ name: "jobs", visibilitySeconds: 900, messages: ["job 0"], deadLetter });
  const moving = sim.seed.queue({ name: "old-dead", messages: ["job -2"] });
  sim.seed.queue({ name: "old", deadLetter: { queue: "old-dead", maxReceives: 3 } });
  await sim.call("sqs", "StartMessageMoveTask", { SourceArn: moving.arn });
  const api = { cluster: "gpu", service: "api" };
  const size = { cpu: 256, memory: 512, fargate: true };
  sim.seed.service({ cluster: "gpu", name: "api", desired: 1, ...size });
  sim.seed.scalableTarget({ ...api, min: 1, max: 4 });
  const { taskDefinition: first } = z
    .object({ taskDefinition: z.object({ family: z.string(), containerDefinitions: z.array(z.json()) }) })
    .parse(await sim.call("ecs", "DescribeTaskDefinition", { taskDefinition: "api" }));
  const second = { ...first, requiresCompatibilities: ["FARGATE"], cpu: "512", memory: "1024" };
  await sim.call("ecs", "RegisterTaskDefinition", second);
  sim.seed.metric({
    namespace: "Paramedic",
    name: "LatencyMs",
    dimensions: { Service: "chat" },
    samples: [[startMs - 60_000, 2_400]],
  });
  sim.seed.service({ cluster: "gpu", name: "worker", desired: 2 });
  const { name: fn } = sim.seed.lambdaFunction({
    name: "researcher",
    versions: [startMs - 2e8, startMs - 1e8],
    aliases: { live: { version: "2" } },
  });
  const mapping = sim.seed.eventSourceMapping({
    id: mappingId,
    function: fn,
    source: "arn:aws:sqs:us-east-2:123456789012:jobs",
  });
  const query = sim.seed.query({ workGroup: "research" });
  sim.seed.endpoint({ name: "rank", weights: { old: 0.9, new: 0.1 } });
  for (const value of ["Be kind.", "Be brief."]) sim.seed.parameter({ name: "/chat/prompt", value });
  const jobQueue = sim.seed.jobQueue({ name: "gpu-jobs" });
  sim.seed.jobDefinition({ name: "embed" });
  const [failed, waiting] = ["embed-1", "embed-2"].map((name) =>
    sim.seed.job({ name, queue: jobQueue.name, definition: "embed" }),
  );
  Object.assign(failed ?? {}, {
    status: "FAILED",
    statusReason: "Host EC2 (instance i-0b662ef9931388ba0) terminated.",
  });
  const { arn: standalone } = sim.seed.task({ cluster: "gpu", family: "embed", instance: group.instances[0] ?? "" });
  const training = sim.seed.trainingJob({ name: "tune" });
  const { Messages } = received.parse(await sim.call("sqs", "ReceiveMessage", { QueueUrl: queue.url }));
  const [instance = ""] = group.instances;
  const names = {
    cluster: "gpu",
    group: group.name,
    instance,
    targetGroup: group.targetGroupArns[0] ?? "",
    containerInstance: Object.values(sim.world.hosts).find(({ instanceId }) => instanceId === instance)?.arn ?? "",
    queueUrl: queue.url,
    moving: { deadLetters: moving.arn, url: moving.url },
    dead: { deadLetters: dead.arn, url: dead.url },
    api,
    messages: Messages.map(({ MessageId: id, ReceiptHandle: receiptHandle }) => ({ id, receiptHandle })),
    service: "chat",
    function: fn,
    mapping: mapping.id,
    query: query.id,
    jobs: { queue: jobQueue.arn, failed: failed?.id ?? "", waiting: waiting?.id ?? "" },
    training: training.name,
    task: Object.keys(sim.world.tasks)[0] ?? "",
    standalone,
  };

  const aws = createAws({ ...reading, region });
  for (const client of Object.values(aws)) sim.attach(client);
  const cloudwatch = sim.attach(new CloudWatchClient({ ...reading, region }));
  const look = awsLook({
    aws,
    cloudwatch,
    inFlight: createInFlight(memoryTable()),
    detectors: createDetectors(memoryTable()),
    settings: settingsOf({ services: [{ ...chat, ...watched }] }),
    clock,
  });

  const before = sim.calls.length;
  /** The IAM actions that were needed so far, scene setting apart. */
  const needed = (): string[] => [...new Set(sim.calls.slice(before).map(({ permission }) => permission))].sort();
  /** Lets happen what the last call has begun. */
  const settle = (): void => clock.advance(300_000);
  return { sim, aws, look, names, needed, settle };
}
export type Names = Awaited<ReturnType<typeof smallWorld>>["names"];
