import { z } from "zod";
import { SimError, notSimulated } from "./error.ts";
import type { Behaviour, Ground } from "./ground.ts";

/** Services by the prefix IAM gives them, so that a call and a declared permission compare as they are. */
export type ServiceName =
  | "ec2"
  | "autoscaling"
  | "ecs"
  | "elasticloadbalancing"
  | "ssm"
  | "cloudwatch"
  | "sqs"
  | "sns"
  | "events"
  | "batch"
  | "sagemaker"
  | "lambda"
  | "athena"
  | "application-autoscaling"
  | "dynamodb";

export interface Operation {
  /** Whether it is meant to change something; whether it did is in the call log. */
  readonly mutating: boolean;
  readonly run: (ground: Ground, input: unknown) => object;
}

/** How a service says the things every service says. */
export interface Wording {
  readonly throttled: SimError;
  readonly denied: (action: string) => SimError;
  readonly broken: SimError;
  readonly invalid: string;
}

export interface SimulatedService extends Behaviour {
  readonly name: ServiceName;
  /** What the SDK puts before the operation in `X-Amz-Target`. */
  readonly target: string;
  readonly wording: Wording;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** The codes a service uses for throttling, refusal, its own trouble, and input it cannot read. */
export function wording(
  codes: { throttled: string; denied: string; broken: string; invalid: string },
  status: { throttled?: number; denied?: number } = {},
): Wording {
  return {
    throttled: new SimError(codes.throttled, "Rate exceeded", status.throttled),
    denied: (action) => new SimError(codes.denied, `not authorized to perform: ${action}`, status.denied),
    broken: new SimError(codes.broken, "An internal error has occurred", 500),
    invalid: codes.invalid,
  };
}

/** An operation that only looks. */
export const reads = <S extends z.ZodType>(input: S, run: (ground: Ground, input: z.output<S>) => object): Operation =>
  operation(false, input, run);

/** An operation that is meant to change something. */
export const acts = <S extends z.ZodType>(input: S, run: (ground: Ground, input: z.output<S>) => object): Operation =>
  operation(true, input, run);

function operation<S extends z.ZodType>(
  mutating: boolean,
  schema: S,
  run: (ground: Ground, input: z.output<S>) => object,
): Operation {
  return { mutating, run: (ground, input) => run(ground, schema.parse(input)) };
}

/** Input that could not be read, in the service's words. A field we do not know is our gap, not the caller's mistake. */
export function toSimError(service: SimulatedService, operation: string, error: z.ZodError): SimError {
  for (const issue of error.issues) {
    if (issue.code === "unrecognized_keys") {
      const path = [...issue.path, issue.keys.join(", ")].join(".");
      return notSimulated(`${path} of ${service.name}:${operation}`);
    }
  }
  return new SimError(service.wording.invalid, z.prettifyError(error));
}

/** The page that starts at `token`, and the token of the next one. */
export function page<T>(
  things: readonly T[],
  size: number,
  token: string | undefined,
): { items: T[]; next: string | undefined } {
  const start = token === undefined ? 0 : Number(token);
  const end = start + size;
  return { items: things.slice(start, end), next: end < things.length ? String(end) : undefined };
}

/** A time as the wire has it (seconds since the epoch), in milliseconds. */
export const instant = z.number().transform((seconds) => Math.round(seconds * 1000));
