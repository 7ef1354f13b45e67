import { z } from "zod";

/**
 * An EC2 instance id.
 *
 * Read from `detail` only: the ARN in `resources` of a spot warning has no account and a zone in place of the region. No
 * exact length, since EC2 has changed it once (8 to 17); strict in its letters, since the id goes into calls and ARNs.
 */
export const ec2InstanceId = z.string({ error: "missing" }).regex(/^i-[0-9a-z]{1,32}$/, "not an instance id");
