import { z } from "zod";

const userId = z
  .string()
  .regex(
    /^[UW][A-Z0-9]*$/,
    "a user's id, such as U0ALEX (in their profile: Copy member ID); a user group is a `group`",
  );
const groupId = z
  .string()
  .regex(/^S[A-Z0-9]+$/, "a user group's id, such as S0ONCALL (in the group's menu: Copy group ID), not its @handle");

/**
 * Who may decide about what: one person, or whoever is in a user group of the workspace when they click. Somebody who is
 * named more than once may all that any of the entries allows.
 */
export const approver = z
  .strictObject({
    /** A person, by Slack user id. */
    slack: userId.optional(),
    /** A user group, by id. Guests in it may not decide, and nobody of it may while Slack does not say who is in it. */
    group: groupId.optional(),
    /** As people call them. */
    name: z.string().min(1),
    /** Runbook ids, or `*` for all. */
    may: z.array(z.string()).min(1),
    /** Names of services, or `*` for all. What is of no service is for everybody. */
    services: z.array(z.string()).min(1).default(["*"]),
    /** `normal`: not about runbooks of high risk. */
    risk: z.enum(["normal", "high"]).default("high"),
  })
  .refine(({ slack, group }) => (slack === undefined) !== (group === undefined), {
    error: "name either one person (`slack`) or one user group (`group`)",
  });
export type Approver = z.infer<typeof approver>;
