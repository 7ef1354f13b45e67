import { z } from "zod";
import { BotError } from "../src/bot-error.ts";

/** How long CloudWatch Logs can keep things, in days; it takes no other numbers. */
const logDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1_096, 1_827, 2_192, 3_653] as const;

/** A parameter that was not given arrives as an empty text. */
const optional = <T extends z.ZodType>(schema: T) => z.preprocess((given) => given || undefined, schema.optional());
const ids = (prefix: string) =>
  z
    .string()
    .transform((text) => text.split(",").map((id) => id.trim()))
    .pipe(
      z.array(z.string().regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `ids such as ${prefix}-0123456789abcdef0`)),
    );

const parameters = z.strictObject({
  stage: z.string().regex(/^[a-z0-9]{1,16}$/, "1 to 16 lower-case letters and digits"),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region such as us-east-2"),
  /** `observe`: whatever `paramedic.config.ts` says, nothing is changed. `configured`: as it says there. */
  autonomy: z.enum(["observe", "configured"], "observe or configured"),
  /** Secret in Secrets Manager with the keys `botToken` and `signingSecret`, by name or ARN. */
  slackSecret: optional(z.string().regex(/^[\w/+=.@:-]{1,2048}$/, "the name or ARN of a secret, without blanks")),
  /** Topic that wakes people. Without one a topic is created. */
  pageTopic: optional(
    z.string().regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/, "the ARN of a standard SNS topic"),
  ),
  /** Address that is subscribed to the topic that is created. */
  pageEmail: optional(z.email("an e-mail address")),
  /** Bus that workloads already send samples to. Without one the bus `paramedic` is created. */
  bus: optional(z.string().regex(/^[\w./-]{1,256}$/, "the name of an event bus, not its ARN")),
  /** `on`: CloudWatch streams every metric that the settings name, so that each is scored without being sent. */
  metricStream: optional(z.enum(["on"], "on, or nothing")),
  /** `on`: AWS X-Ray records the runs of the functions, sampled by its own rules. */
  tracing: optional(z.enum(["on"], "on, or nothing")),
  subnets: optional(ids("subnet")),
  securityGroups: optional(ids("sg")),
  /** Encrypts the table and the functions' environment. */
  kmsKey: optional(
    z.string().regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, "the ARN of a key, not of an alias"),
  ),
  /** Policy that bounds every role that is created. */
  permissionsBoundary: optional(
    z.string().regex(/^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/.+$/, "the ARN of a managed policy"),
  ),
  logDays: z.coerce.number().refine((days) => logDays.some((known) => known === days), `one of ${logDays.join(", ")}`),
  /** Concurrency set aside for spot notices, for accounts in which others use theirs up. */
  spotConcurrency: optional(z.coerce.number().pipe(z.int("a whole number").min(1, "at least 1"))),
});

/** Their names, as in `params` of serverless.yml. */
export const parameterNames = Object.keys(parameters.shape);

const installation = parameters.superRefine(
  ({ region, pageTopic, pageEmail, kmsKey, subnets, securityGroups }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (pageTopic && pageEmail) wrong("pageEmail", "subscribe it to your pageTopic yourself, or leave pageTopic out");
    for (const [name, arn] of Object.entries({ pageTopic, kmsKey }))
      if (arn?.startsWith("arn:") && arn.split(":")[3] !== region)
        wrong(name, `is in ${arn.split(":")[3]}, the bot would be in ${region}`);
    if (!subnets !== !securityGroups)
      wrong(subnets ? "securityGroups" : "subnets", "a VPC needs subnets and securityGroups, both or none");
  },
);
/** What is decided at deployment, and is no matter of what the bot does: where it is and what it finds there. */
export type Installation = z.infer<typeof installation>;

/**
 * Checks the parameters of a deployment (`params` in serverless.yml, `--stage`, `--param`).
 *
 * @throws BotError `bad_setting`, naming every parameter that is wrong and what it should be.
 */
export function readInstallation(given: unknown): Installation {
  const read = installation.safeParse(given);
  if (read.success) return read.data;
  const lines = read.error.issues.map(({ path, message }) => `  ${path.join(".") || "(all)"}: ${message}`);
  throw new BotError("bad_setting", `reading the parameters of the deployment:\n${lines.join("\n")}`, {
    cause: read.error,
  });
}
