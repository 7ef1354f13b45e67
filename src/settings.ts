import { z } from "zod";
import { BotError } from "./bot-error.ts";
import { publicPrices } from "./prices.ts";
import { aheadSettings, queueSettings, sizeSettings } from "./settings/capacity.ts";
import { type Autonomy, autonomy, ladder } from "./settings/autonomy.ts";
import { approver } from "./settings/approver.ts";
import { batch } from "./settings/batch.ts";
import { dependency } from "./settings/dependency.ts";
import { memory } from "./settings/memory.ts";
import { metric } from "./settings/metric.ts";
import { model } from "./settings/model.ts";
import { spend } from "./settings/spend.ts";

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
  /** What it may spend, for `stop-spend`. */
  spend: spend.optional(),
  /** Where its model or prompt is chosen, for `rollback-model`. */
  model: model.optional(),
  /** The tasks whose memory is watched, for `restart-leaky`. */
  memory: memory.optional(),
  /** Its queue of work and who works on it, for `scale-queue` and `redrive`. */
  queue: queueSettings.optional(),
  /** The demand that its capacity is made ready for, for `scale-ahead`. */
  ahead: aheadSettings.optional(),
  /** What is sized by its use, for `rightsize`. */
  size: sizeSettings.optional(),
  /** What it calls through circuits, for `open-circuit`. */
  dependencies: z.array(dependency).default([]),
});
export type ServiceSettings = z.infer<typeof service>;

export { type Autonomy, autonomy, ladder };

/** One rung for all it acts on, or one for each service by name with `otherwise` for the rest. */
const autonomyByService = z.union([
  autonomy,
  z.strictObject({ otherwise: autonomy.default("observe"), services: z.record(z.string(), autonomy) }),
]);

const settings = z.strictObject({
  /** Distinguishes installations in one account; part of every execution name. */
  stage: z.string().regex(/^[a-z0-9]{1,16}$/, "1 to 16 lower-case letters and digits"),
  /** Slack channel for incidents, by id. */
  channel: z.string().min(1),
  services: z.array(service),
  /** ECS clusters in which instances are looked for. */
  clusters: z.array(z.string()).default([]),
  /** Who may decide: an explicit list, so no guest and no newcomer decides by accident. */
  approvers: z.array(approver),
  /** Slack workspace the approvers belong to; a click from another one is refused. */
  team: z.string().min(1),
  /** Per runbook; a runbook that is not named here observes. */
  autonomy: z.record(z.string(), autonomyByService).default({}),
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
  /** How long people have to object to what a runbook with `veto` is about to do. */
  vetoMinutes: z.number().positive().max(60).default(5),
  /** Bounds over all runbooks together. What would go beyond them is refused, and people are paged. */
  limits: z
    .strictObject({
      /** Changes an hour. Ten interrupted instances make about fifty. */
      changesPerHour: z.int().positive().default(200),
      /** What all changes that stand at one time may add to the bill, in US dollars an hour. */
      usdPerHour: dollars.default(50),
      /**
       * More incidents than this within ten minutes are a storm: so much looks sick that the cause must be elsewhere, and
       * nothing is changed until ten minutes have passed without as many.
       */
      stormIncidents: z.int().positive().default(60),
    })
    .prefault({}),
  /** Batch jobs, for `keep-deadline` and `grow-memory`. */
  batch: batch.prefault({}),
  /**
   * Roles, by ARN, that may be handed on when something is made again as it was: a training job (`retry-training`), a revision
   * of a task definition (`rightsize`, `grow-tasks`). Without the roles of what it is about, AWS refuses those actions.
   */
  passRoles: z.array(z.string().startsWith("arn:")).default([]),
  /** SSM Change Calendars (names or ARNs) that must be open before anything is changed. */
  calendars: z.array(z.string()).default([]),
});
export type Settings = z.infer<typeof settings>;
export type SettingsInput = z.input<typeof settings>;

/** The rung that the settings give a runbook for a service, or for what is of no service. */
export function configuredAutonomy({ autonomy }: Settings, runbook: string, service: string | undefined): Autonomy {
  const found = autonomy[runbook] ?? "observe";
  if (typeof found === "string") return found;
  return (service === undefined ? undefined : found.services[service]) ?? found.otherwise;
}

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
