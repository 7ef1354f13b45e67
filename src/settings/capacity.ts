import { z } from "zod";
import { metric } from "./metric.ts";

/** What does a service's work, and can be given more of: the instances of an Auto Scaling group or the tasks of an ECS service. */
const workers = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("group"), group: z.string().min(1) }),
  z.strictObject({ kind: z.literal("ecs"), cluster: z.string().min(1), service: z.string().min(1) }),
]);
export type Workers = z.infer<typeof workers>;

/** A service's queue of work, who works on it, and how fast: what `scale-queue` and `redrive` need to know. */
export const queueSettings = z.strictObject({
  url: z.url(),
  /** Where its messages go that fail too often, as a URL. */
  deadLetters: z.url().optional(),
  /** CloudWatch alarms that say that it is too deep or too old, by name. Alarms on its own metrics are known without. */
  alarms: z.array(z.string()).default([]),
  /** CloudWatch alarms that say that it has dead letters, by name. Alarms on the dead letters' own metrics are known without. */
  deadLetterAlarms: z.array(z.string()).default([]),
  workers,
  /** How long a worker is busy with one message, usually, in seconds. */
  secondsPerMessage: z.number().positive(),
  /** How many messages a worker has in hand at once. */
  atOnce: z.int().positive().default(1),
  /** How long a message may wait, in minutes. Ten is what people still take for "soon". */
  waitMinutes: z.number().positive().default(10),
  /** From asking for a worker until it works, in minutes, where AWS shows no start to measure. Five is a GPU host with its image. */
  launchMinutes: z.number().positive().default(5),
  /** However much there is to do, no more workers than this. */
  workersMax: z.int().positive(),
  /** Workers protect themselves from scale-in while they are busy, so their number may be lowered while messages are in flight. */
  protectThemselves: z.boolean().default(false),
});
export type QueueSettings = z.infer<typeof queueSettings>;

/** A demand that comes and goes by the clock, for `scale-ahead`. */
export const aheadSettings = z.strictObject({
  workers,
  /** What is asked of the service, as a sum for each ten minutes, such as `RequestCount`. */
  demand: metric.extend({ stat: z.string().default("Sum") }),
  /** How much of it one worker takes in ten minutes. */
  perWorker: z.number().positive(),
  /** The floor is never raised above this. */
  floorMax: z.int().positive(),
  /** How long before the rise the workers have to be asked for, in minutes: launching and warming up. */
  leadMinutes: z.number().positive().max(120).default(20),
});
export type AheadSettings = z.infer<typeof aheadSettings>;

const sizing = z.strictObject({
  /** Days of utilisation that a size rests on. 14 have seen every weekday twice; 7 will do where weeks look alike. */
  days: z.int().min(7).max(14).default(14),
  /** Memory is only taken away where somebody has said so: too little of it kills, too little CPU is only slow. */
  memoryMayShrink: z.boolean().default(false),
  /** The hour at which a new size is proposed, in UTC (0 to 23): people have to be there to decide. */
  hourUtc: z.int().min(0).max(23).default(9),
});

/** What is sized by what it uses, for `rightsize`: the tasks of an ECS service, or a Lambda function that Lambda Insights looks into. */
export const sizeSettings = z.discriminatedUnion("kind", [
  sizing.extend({ kind: z.literal("ecs"), cluster: z.string().min(1), service: z.string().min(1) }),
  sizing.extend({ kind: z.literal("function"), function: z.string().min(1) }),
]);
export type SizeSettings = z.infer<typeof sizeSettings>;
export type TaskSizeSettings = Extract<SizeSettings, { kind: "ecs" }>;
export type FunctionSizeSettings = Extract<SizeSettings, { kind: "function" }>;
