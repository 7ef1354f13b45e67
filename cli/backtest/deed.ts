import { z } from "zod";
import { moment } from "../../src/signals/moment.ts";
import { readTime } from "../replay/time.ts";

/** Something that people changed. */
export interface Deed {
  readonly at: number;
  /** `ecs:UpdateService`, as IAM has it; or what a list made by hand says, such as the id of an action of the bot. */
  readonly action: string;
  readonly who: string;
  /** Every text that may name what was changed: ids, names, ARNs. */
  readonly names: readonly string[];
}

const record = z.object({
  eventTime: moment,
  eventName: z.string().min(1),
  eventSource: z.string().min(1),
  readOnly: z.union([z.boolean(), z.string()]).nullish(),
  errorCode: z.string().nullish(),
  userIdentity: z
    .object({
      type: z.string().nullish(),
      arn: z.string().nullish(),
      userName: z.string().nullish(),
      invokedBy: z.string().nullish(),
    })
    .nullish(),
  requestParameters: z.unknown().optional(),
  responseElements: z.unknown().optional(),
  resources: z.unknown().optional(),
});

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;

const isRecord = (value: unknown): boolean =>
  typeof field(value, "eventName") === "string" && typeof field(value, "eventSource") === "string";

const recordsIn = (value: unknown): unknown[] => {
  const records: unknown = field(value, "Records");
  if (Array.isArray(records)) return records;
  const events: unknown = field(value, "Events");
  if (Array.isArray(events)) return events.map((event: unknown) => parsed(field(event, "CloudTrailEvent")));
  return [field(value, "detail-type") === "AWS API Call via CloudTrail" ? field(value, "detail") : value];
};

/** `lookup-events` prints each record as a text in JSON. */
function parsed(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : text;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Whether a value is from CloudTrail: a record, a log file (`{ "Records": […] }`), what `aws cloudtrail lookup-events` prints, or
 * the event that EventBridge makes of a record.
 */
export function isTrail(value: unknown): boolean {
  const records = recordsIn(value);
  return records.length > 0 && records.every((one) => one === undefined || isRecord(one));
}

/** The bot's own functions, and what AWS does by itself, are not people. */
const isBot = (who: string): boolean => /[/:]paramedic-/.test(who);
const looks = /^(Describe|Get|List|Head|Search|Lookup|BatchGet|Select)/;

/** What people changed, according to CloudTrail. What failed, what only looks, and what AWS or the bot did is left out. */
export function readTrail(value: unknown): Deed[] {
  return recordsIn(value).flatMap((one): Deed[] => {
    const { data } = record.safeParse(one);
    if (!data || data.errorCode) return [];
    const { eventTime: at, eventName, eventSource, userIdentity, readOnly } = data;
    const who = userIdentity?.arn ?? userIdentity?.userName ?? "somebody";
    if (userIdentity?.type === "AWSService" || userIdentity?.invokedBy || isBot(who)) return [];
    if (readOnly === true || readOnly === "true" || looks.test(eventName)) return [];
    const names = textsIn([data.requestParameters, data.responseElements, data.resources]);
    return [{ at, action: `${serviceOf(eventSource)}:${bare(eventName)}`, who, names }];
  });
}

/** CloudTrail's names of services and operations, as IAM has them. */
const sources: Readonly<Record<string, string>> = {
  monitoring: "cloudwatch",
  "application-autoscaling": "application-autoscaling",
};
const serviceOf = (source: string): string => {
  const name = source.replace(/\.amazonaws\.com$/, "");
  return sources[name] ?? name;
};
/** Lambda's operations carry the version of their API: `PutFunctionConcurrency20171031`. */
const bare = (name: string): string => name.replace(/\d{8}(v\d+)?$/, "");

/** Every text in a value, and the last part of each that is a path or an ARN. */
export function textsIn(value: unknown, depth = 0): string[] {
  if (typeof value === "string") return [...new Set([value, value.split(/[/:]/).at(-1) ?? value])].filter(Boolean);
  if (typeof value !== "object" || value === null || depth > 12) return [];
  return [...new Set(Object.values(value).flatMap((inner: unknown) => textsIn(inner, depth + 1)))];
}

const byHand = z.object({
  time: z.union([z.string(), z.number()]),
  action: z.string().min(1),
  resource: z.string().min(1),
  who: z.string().min(1).optional(),
});

/** A line of a list that somebody made: `time`, `action`, `resource`, perhaps `who`. `undefined`: it is none. */
export function readByHand(value: unknown): Deed | undefined {
  const { data } = byHand.safeParse(value);
  const at = data && readTime(data.time);
  if (!data || at === undefined) return undefined;
  return { at, action: data.action, who: data.who ?? "somebody", names: textsIn(data.resource) };
}
