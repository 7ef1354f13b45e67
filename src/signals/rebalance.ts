import { z } from "zod";
import { ec2InstanceId } from "./ec2-instance-id.ts";
import { event, toFromEvent } from "./event.ts";
import type { Rebalance } from "./signal.ts";

/**
 * `EC2 Instance Rebalance Recommendation`, sent as best effort. It has no deadline, and may arrive together with the spot
 * warning.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
 */
export const rebalance = event
  .extend({ detail: z.object({ "instance-id": ec2InstanceId }) })
  .transform(({ detail, ...said }): Rebalance => ({
    kind: "rebalance",
    ...toFromEvent(said),
    instanceId: detail["instance-id"],
  }));
