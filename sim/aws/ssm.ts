import type {
  GetCalendarStateResponse,
  GetParameterHistoryResult,
  GetParameterResult,
  GetParametersByPathResult,
  GetParametersResult,
  Parameter as SsmParameter,
  PutParameterResult,
} from "@aws-sdk/client-ssm";
import { z } from "zod";
import { SimError } from "../error.ts";
import type { Ground } from "../ground.ts";
import { acts, page, reads, wording } from "../operation.ts";
import type { SimulatedService } from "../operation.ts";
import type { Parameter } from "../world.ts";

type Version = Parameter["versions"][number];

const arnOf = (ground: Ground, name: string): string =>
  ground.arn("ssm", `parameter${name.startsWith("/") ? "" : "/"}${name}`);

/** The newest version, or the one a `name:3` asks for. */
function versionOf(ground: Ground, reference: string): { parameter: Parameter; version: Version } | undefined {
  const [name = "", selector] = reference.split(":");
  const parameter = ground.world.parameters[name];
  const version =
    selector === undefined
      ? parameter?.versions.at(-1)
      : parameter?.versions.find((one) => one.version === Number(selector));
  if (parameter && !version)
    throw new SimError("ParameterVersionNotFound", `Systems Manager could not find version ${selector} of ${name}.`);
  return parameter && version ? { parameter, version } : undefined;
}

const described = (ground: Ground, { name }: Parameter, { version, value, type, at }: Version): SsmParameter => ({
  Name: name,
  Type: type,
  Value: value,
  Version: version,
  LastModifiedDate: new Date(at),
  ARN: arnOf(ground, name),
  DataType: "text",
});

/** The event never carries the value: who wants it has to read it. */
function say(
  ground: Ground,
  operation: "Create" | "Update" | "Delete",
  name: string,
  { type, description }: Version,
): void {
  ground.emit({
    source: "aws.ssm",
    detailType: "Parameter Store Change",
    resources: [arnOf(ground, name)],
    detail: { operation, name, type, ...(description === undefined ? {} : { description }) },
  });
}

/** How many versions of a parameter SSM keeps. */
const versionsMax = 100;

const putting = z.strictObject({
  Name: z.string().max(1011),
  // 4 KiB is the standard tier's.
  Value: z.string().max(4096),
  Type: z.enum(["String", "StringList", "SecureString"]).optional(),
  Description: z.string().optional(),
  Overwrite: z.boolean().default(false),
  Tier: z.literal("Standard").optional(),
});

/** Writes a parameter. There is no compare-and-set: the last writer wins, and only the version tells. */
export function putParameter(ground: Ground, input: z.input<typeof putting>): PutParameterResult {
  const { Name, Value, Type, Description, Overwrite } = putting.parse(input);
  const existing = ground.world.parameters[Name];
  const last = existing?.versions.at(-1);
  if (last && !Overwrite) {
    throw new SimError(
      "ParameterAlreadyExists",
      "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    );
  }
  const type = Type ?? last?.type;
  if (!type) throw new SimError("ValidationException", "A parameter type is required when you create a parameter.");
  if (last && last.type !== type)
    throw new SimError("ParameterTypeMismatch", `The parameter type cannot be changed from ${last.type} to ${type}.`);
  const version: Version = { version: (last?.version ?? 0) + 1, value: Value, type, at: ground.now() };
  if (Description !== undefined) version.description = Description;
  const parameter = existing ?? ground.add(ground.world.parameters, Name, { name: Name, versions: [] });
  ground.append(parameter.versions, [version], versionsMax);
  say(ground, last ? "Update" : "Create", Name, version);
  return { Version: version.version, Tier: "Standard" };
}

const names = z.array(z.string()).min(1).max(10);
const decryption = z.boolean().optional();

export const ssm: SimulatedService = {
  name: "ssm",
  target: "AmazonSSM",
  wording: wording({
    throttled: "ThrottlingException",
    denied: "AccessDeniedException",
    broken: "InternalServerError",
    invalid: "ValidationException",
  }),
  operations: {
    GetParameter: reads(
      z.strictObject({ Name: z.string(), WithDecryption: decryption }),
      (ground, { Name }): GetParameterResult => {
        const found = versionOf(ground, Name);
        if (!found) throw new SimError("ParameterNotFound", `Parameter ${Name} not found.`);
        return { Parameter: described(ground, found.parameter, found.version) };
      },
    ),
    GetParameters: reads(
      z.strictObject({ Names: names, WithDecryption: decryption }),
      (ground, { Names }): GetParametersResult => ({
        Parameters: Names.flatMap((name) => versionOf(ground, name) ?? []).map(({ parameter, version }) =>
          described(ground, parameter, version),
        ),
        InvalidParameters: Names.filter((name) => !versionOf(ground, name)),
      }),
    ),
    GetParametersByPath: reads(
      z.strictObject({
        Path: z.string().startsWith("/"),
        Recursive: z.boolean().default(false),
        WithDecryption: decryption,
        MaxResults: z.int().min(1).max(10).default(10),
        NextToken: z.string().optional(),
      }),
      (ground, { Path, Recursive, MaxResults, NextToken }): GetParametersByPathResult => {
        const prefix = Path.endsWith("/") ? Path : `${Path}/`;
        const below = Object.values(ground.world.parameters)
          .filter(({ name }) => name.startsWith(prefix) && (Recursive || !name.slice(prefix.length).includes("/")))
          .toSorted((a, b) => (a.name < b.name ? -1 : 1));
        const { items, next } = page(below, MaxResults, NextToken);
        const Parameters = items.flatMap((parameter) =>
          parameter.versions.slice(-1).map((version) => described(ground, parameter, version)),
        );
        return { Parameters, NextToken: next };
      },
    ),
    GetParameterHistory: reads(
      z.strictObject({
        Name: z.string(),
        WithDecryption: decryption,
        MaxResults: z.int().min(1).max(50).default(50),
        NextToken: z.string().optional(),
      }),
      (ground, { Name, MaxResults, NextToken }): GetParameterHistoryResult => {
        const parameter = ground.world.parameters[Name];
        if (!parameter) throw new SimError("ParameterNotFound", `Parameter ${Name} not found.`);
        const { items, next } = page(parameter.versions, MaxResults, NextToken);
        const Parameters = items.map(({ version, value, type, description, at }) => ({
          Name,
          Type: type,
          Value: value,
          Version: version,
          Description: description,
          LastModifiedDate: new Date(at),
          LastModifiedUser: `arn:aws:iam::${ground.world.account}:root`,
          Labels: [],
        }));
        return { Parameters, NextToken: next };
      },
    ),
    PutParameter: acts(putting, putParameter),
    DeleteParameter: acts(z.strictObject({ Name: z.string() }), (ground, { Name }) => {
      const last = ground.world.parameters[Name]?.versions.at(-1);
      if (!last) throw new SimError("ParameterNotFound", `Parameter ${Name} not found.`);
      ground.remove(ground.world.parameters, Name);
      say(ground, "Delete", Name, last);
      return {};
    }),
    GetCalendarState: reads(
      z.strictObject({ CalendarNames: z.array(z.string()).min(1), AtTime: z.string().optional() }),
      (ground, { CalendarNames, AtTime }): GetCalendarStateResponse => {
        const at = AtTime === undefined ? ground.now() : Date.parse(AtTime);
        const closed = CalendarNames.flatMap((reference) => {
          const name = reference.slice(reference.lastIndexOf("/") + 1);
          const calendar = ground.world.calendars[name];
          if (!calendar) throw new SimError("InvalidDocument", `Document with name ${name} does not exist.`);
          return calendar.closed;
        });
        const isClosed = (time: number): boolean => closed.some(({ from, to }) => from <= time && time < to);
        const turns = closed.flatMap(({ from, to }) => [from, to]).toSorted((a, b) => a - b);
        const next = turns.find((turn) => turn > at && isClosed(turn) !== isClosed(at));
        return {
          State: isClosed(at) ? "CLOSED" : "OPEN",
          AtTime: new Date(at).toISOString(),
          ...(next === undefined ? {} : { NextTransitionTime: new Date(next).toISOString() }),
        };
      },
    ),
  },
};
