import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { z } from "zod";
import { BotError } from "../bot-error.ts";
import { levelParameter, type LevelValue, readLevel } from "../aws/level.ts";
import { defineAction } from "../runbook/action.ts";
import { levels } from "../runbook/look/service.ts";
import { resource } from "../runbook/resource.ts";

const was = z.object({ version: z.number(), text: z.string().nullable() });

/**
 * Sets how much of itself a service shows, in SSM Parameter Store.
 *
 * The parameter says when it expires, so readers return to `full` by themselves even if nobody ever undoes it. A parameter
 * that has another version than the plan saw is left alone, in the hand of whoever changed it, and so is one that is no
 * longer ours when it comes to the undo. SSM has no conditional write: between that look and the write, some tens of
 * milliseconds, the lock on the service keeps other remediations away, and nothing keeps a person away.
 */
export const setLevel = defineAction({
  id: "level.set",
  summary: ({ service, level }) => `set ${service} to ${level}`,
  params: z.object({ service: z.string(), level: z.enum(levels), reason: z.string() }),
  permissions: ["ssm:GetParameter", "ssm:PutParameter"],
  touches: ({ service }) => [resource.service(service)],
  narrows: ({ planned, asked }) =>
    asked.service === planned.service && levels.indexOf(asked.level) <= levels.indexOf(planned.level),
  before: async ({ params, aws }) => {
    const found = await readLevel(aws.ssm, params.service);
    return { version: found?.version ?? 0, text: found?.text ?? null };
  },
  do: async ({ params: { service, level, reason }, aws, key, before, leaseUntil, incident, now }) => {
    const found = await readLevel(aws.ssm, service);
    if ((found?.version ?? 0) !== was.parse(before).version) {
      throw new BotError("store_conflict", `setting the level of ${service}: somebody else has just set it`);
    }
    const value: LevelValue = {
      level,
      reason,
      incident,
      key,
      setBy: "paramedic",
      since: now,
      ...(leaseUntil !== undefined && { expiresAt: leaseUntil }),
    };
    const { Version } = await aws.ssm.send(
      new PutParameterCommand({
        Name: levelParameter(service),
        Value: JSON.stringify(value),
        Type: "String",
        Overwrite: found !== undefined,
      }),
    );
    return { version: Version ?? 0 };
  },
  probe: async ({ params, aws, key }) => {
    const found = await readLevel(aws.ssm, params.service);
    return found?.value?.key === key ? { applied: true, out: { version: found.version } } : { applied: false };
  },
  undo: async ({ params: { service }, aws, key, before, now }) => {
    const found = await readLevel(aws.ssm, service);
    if (found?.value?.key !== key) return;
    const { text } = was.parse(before);
    const full: LevelValue = {
      level: "full",
      reason: "given back",
      incident: found.value.incident,
      key: `${key}-undo`,
      setBy: "paramedic",
      since: now,
    };
    await aws.ssm.send(
      new PutParameterCommand({
        Name: levelParameter(service),
        Value: text ?? JSON.stringify(full),
        Type: "String",
        Overwrite: true,
      }),
    );
  },
});
