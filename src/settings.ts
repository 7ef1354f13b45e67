import { z } from "zod";
import { BotError } from "./bot-error.ts";
import { publicPrices } from "./prices.ts";

const metric = z.strictObject({
  namespace: z.string().min(1),
  name: z.string().min(1),
  dimensions: z.record(z.string(), z.string()).default({}),
  stat: z.string().default("Average"),
});

const dollars = z.number().nonnegative();

/** One service the bot looks after: how its health is read, and whose name decisions about it carry. */
const service = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "lower-case letters, digits and dashes"),
  /** Its latency, in milliseconds. */
  latency: metric,
  /** What is normal and what must be answered, in milliseconds. */
  latencyMs: z.strictObject({ normal: z.number().positive(), high: z.number().positive() }),
  /** CloudWatch alarms that speak for this service, by name. */
  alarms: z.array(z.string()).default([]),
});
export type ServiceSettings = z.infer<typeof service>;

/**
 * How far a runbook may go by itself. `observe`: plans and tells, does nothing. `approve`: asks a person first.
 * `auto`: acts within its limits and tells.
 */
export const autonomy = z.enum(["observe", "approve", "auto"]);
export type Autonomy = z.infer<typeof autonomy>;

const settings = z.strictObject({
  /** Distinguishes installations in one account; part of every execution name. */
  stage: z.string().regex(/^[a-z0-9]{1,16}$/, "1 to 16 lower-case letters and digits"),
  /** Slack channel for incidents, by id. */
  channel: z.string().min(1),
  services: z.array(service),
  /** ECS clusters in which instances are looked for. */
  clusters: z.array(z.string()).default([]),
  /** Who may decide, by Slack user id. `may` lists runbook ids, or `*` for all. */
  approvers: z.array(
    z.strictObject({ slack: z.string().min(1), name: z.string().min(1), may: z.array(z.string()).min(1) }),
  ),
  /** Slack workspace the approvers belong to; a click from another one is refused. */
  team: z.string().min(1),
  /** Per runbook; a runbook that is not named here observes. */
  autonomy: z.record(z.string(), autonomy).default({}),
  /** How long a person has to decide. A plan may be proposed three times, and all of it has to fit into 24 hours. */
  approvalMinutes: z.number().positive().max(360).default(30),
  /** What things cost, in US dollars. Instance types that are not named here have no known price, and plans say so. */
  prices: z
    .strictObject({
      instances: z
        .record(z.string(), z.strictObject({ onDemand: dollars.optional(), spot: dollars.optional() }))
        .default({}),
      fargateVcpuHour: dollars.default(publicPrices.fargateVcpuHour),
      fargateGbHour: dollars.default(publicPrices.fargateGbHour),
      lambdaGbSecond: dollars.default(publicPrices.lambdaGbSecond),
    })
    .prefault({}),
  /** SSM Change Calendars (names or ARNs) that must be open before anything is changed. */
  calendars: z.array(z.string()).default([]),
});
export type Settings = z.infer<typeof settings>;
export type SettingsInput = z.input<typeof settings>;

/**
 * Checks `paramedic.config.ts` and fills in its defaults.
 *
 * @throws BotError `bad_setting`, naming every setting that is wrong and what it should be.
 */
export function defineSettings(given: SettingsInput): Settings {
  const read = settings.safeParse(given);
  if (!read.success) {
    const lines = read.error.issues.map((issue) => `  ${issue.path.join(".") || "(top)"}: ${issue.message}`);
    throw new BotError("bad_setting", `reading paramedic.config.ts:\n${lines.join("\n")}`, { cause: read.error });
  }
  return read.data;
}
