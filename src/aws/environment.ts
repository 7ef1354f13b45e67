import { z } from "zod";
import { BotError } from "../bot-error.ts";

/** What every function needs to be told. */
export const receivingEnvironment = {
  /** Name of the bot's table. */
  PARAMEDIC_TABLE: z.string().min(1),
  /** Qualified name or ARN of the durable remediate function. */
  PARAMEDIC_REMEDIATE: z.string().min(1),
};

/** What a function that scores samples needs besides. */
export const scoringEnvironment = {
  ...receivingEnvironment,
  /** Name of the bucket with the models that `learn` makes. */
  PARAMEDIC_MODELS: z.string().min(1),
};

/**
 * Reads a function's environment once, on cold start: a variable that is missing fails the deployment, not an incident.
 *
 * @throws BotError `bad_setting`, naming the variables that are missing or cannot be used.
 */
export function readEnvironment<Shape extends z.ZodRawShape>(env: NodeJS.ProcessEnv, shape: Shape) {
  const read = z.object(shape).safeParse(env);
  if (read.success) return read.data;
  const names = read.error.issues.map((issue) => issue.path.join("."));
  const which = `environment variable${names.length > 1 ? "s" : ""} ${names.join(", ")}`;
  throw new BotError("bad_setting", `starting: set the ${which}`, { cause: read.error });
}
