import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { BatchClient } from "@aws-sdk/client-batch";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { VirtualClock } from "../../../sim/clock.ts";
import type { EventBridgeEvent } from "../../../sim/ground.ts";
import { createSim } from "../../../sim/sim.ts";
import type { Sim, SimOptions } from "../../../sim/sim.ts";

export const start = Date.parse("2026-03-01T03:00:00Z");
const region = "us-east-2";

/** A simulation on a clock that stands still, real clients attached to it, and what it says. */
export function given(options: Partial<SimOptions> = {}) {
  const clock = new VirtualClock(start);
  const events: EventBridgeEvent[] = [];
  const sim = createSim({ clock, seed: 1, emit: (event) => events.push(event), ...options });
  return {
    clock,
    sim,
    events,
    ...attached(sim),
    told: (what: string) => events.filter((event) => event["detail-type"] === what),
  };
}

export function attached(sim: Sim) {
  return {
    ec2: sim.attach(new EC2Client({ region })),
    autoscaling: sim.attach(new AutoScalingClient({ region })),
    ecs: sim.attach(new ECSClient({ region })),
    batch: sim.attach(new BatchClient({ region })),
    elb: sim.attach(new ElasticLoadBalancingV2Client({ region })),
    ssm: sim.attach(new SSMClient({ region })),
    sqs: sim.attach(new SQSClient({ region })),
    sns: sim.attach(new SNSClient({ region })),
    cloudwatch: sim.attach(new CloudWatchClient({ region })),
    eventbridge: sim.attach(new EventBridgeClient({ region })),
  };
}

/** A spot group of GPU instances in two zones, hosts of a cluster, behind a target group. */
export const fleet = {
  name: "workers",
  zones: ["us-east-2a", "us-east-2b"],
  type: "g5.xlarge",
  size: 2,
  min: 1,
  max: 4,
  spot: true,
  cluster: "gpu",
  targetGroups: ["web"],
} as const;

/** The one there must be. */
export function only<T>(things: readonly T[] | undefined): T {
  const [first] = things ?? [];
  if (first === undefined || things?.length !== 1) throw new Error(`one was expected, not ${things?.length}`);
  return first;
}

export function first<T>(things: readonly T[] | undefined): T {
  const [one] = things ?? [];
  if (one === undefined) throw new Error("there is none");
  return one;
}
