import { z } from "zod";
import { ec2InstanceId } from "./ec2-instance-id.ts";
import { event, toFromEvent } from "./event.ts";
import type { SpotInterruption } from "./signal.ts";

/** EC2 promises two minutes between the warning and the interruption, except for hibernation, which begins at once. */
const noticeMs = 120_000;

/**
 * `EC2 Spot Instance Interruption Warning`, sent as best effort.
 *
 * An action EC2 has not told us about yet is read as `terminate`: work saved for nothing costs less than work lost. A time
 * we cannot read is not guessed, since the deadline hangs on it.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
 */
export const spotInterruption = event
  .extend({
    detail: z.object({
      "instance-id": ec2InstanceId,
      "instance-action": z.enum(["terminate", "stop", "hibernate"]).catch("terminate"),
    }),
  })
  .transform(({ detail, ...said }): SpotInterruption => {
    const action = detail["instance-action"];
    return {
      kind: "spot-interruption",
      ...toFromEvent(said),
      instanceId: detail["instance-id"],
      action,
      deadlineAt: action === "hibernate" ? said.time : said.time + noticeMs,
    };
  });
