import { levelParameter } from "../src/aws/level.ts";
import { lookPermissions } from "../src/aws/look.ts";
import { haltParameter } from "../src/aws/switches.ts";
import { recentIndex, tableOperations } from "../src/aws/table.ts";
import { BotError } from "../src/bot-error.ts";
import { isDefined, type Runbook } from "../src/runbook/runbook.ts";
import type { Settings } from "../src/settings.ts";
import { forbidden, forbiddenBy } from "./forbidden.ts";
import type { Installation } from "./installation.ts";
import { arn, arnOf, type FunctionName, functionName, prefix, remediateAlias, sub, type Value } from "./names.ts";
import { reachOf } from "./reach.ts";
import { busName, pageTopicArn } from "./storage.ts";

/** One statement of an IAM policy. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly Value[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What is deployed, as far as permissions depend on it. */
export interface Deployed {
  readonly runbooks: readonly Runbook[];
  readonly settings: Settings;
  readonly installation: Installation;
}

/** What the gates read before anything is changed. */
const gates = ["ssm:GetParameter", "ssm:GetCalendarState"];

/** The IAM actions that the deployed runbooks declare, with their conditions. */
export function declared(runbooks: readonly Runbook[]): string[] {
  const used = runbooks.flatMap(({ definition }) => definition.uses.filter(isDefined));
  return [...new Set(used.flatMap(({ definition }) => definition.permissions))].sort();
}

/**
 * What each function may do: the bot's own housekeeping, and for `remediate`, the only one that acts, what the deployed
 * actions declare. Everything a function does not need is missing, and what nobody may do is denied besides.
 *
 * @throws BotError `bad_setting` when an action declares something that is forbidden, or that nothing says the reach of.
 */
export function policiesOf(deployed: Deployed): Readonly<Record<FunctionName, readonly Statement[]>> {
  const own = housekeeping(deployed.installation, deployed.settings);
  const policy = (name: FunctionName, ...does: readonly Statement[][]): readonly Statement[] => [
    ...own.every(name),
    ...does.flat(),
    { Sid: "NeverWhateverElseIsAllowed", Effect: "Deny", Action: forbidden, Resource: ["*"] },
  ];
  return {
    spot: policy("spot", own.start, own.deadLetters),
    intake: policy("intake", own.start, own.poll, own.models),
    remediate: policy("remediate", own.checkpoint, own.page, own.deadLetters, actingOf(deployed)),
    slack: policy("slack", own.start, own.wake, own.switches),
    watch: policy("watch", own.start, own.wake, own.page, own.halt, own.canary, own.deadLetters, lookingOf(deployed)),
    learn: policy("learn", own.learn, own.deadLetters),
  };
}

const allow = (Sid: string, Action: readonly string[], Resource: readonly Value[]): Statement[] => [
  { Sid, Effect: "Allow", Action, Resource },
];

/** What the bot needs for itself, whatever its runbooks are. */
function housekeeping(installation: Installation, { services }: Settings) {
  const { kmsKey, subnets, tracing } = installation;
  const executions = `function:${functionName(installation, "remediate")}:*/durable-execution/*/*`;
  return {
    every: (name: FunctionName): Statement[] => [
      ...allow(
        "Logs",
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        [sub(arn("logs", `log-group:/aws/lambda/${functionName(installation, name)}:*`))],
      ),
      ...allow("Table", tableOperations, [arnOf("Table")]),
      ...allow(
        "TableIndex",
        ["dynamodb:Query"],
        [sub(arn("dynamodb", `table/${prefix(installation)}/index/${recentIndex}`))],
      ),
      ...(kmsKey ? allow("Key", ["kms:Decrypt", "kms:DescribeKey"], [kmsKey]) : []),
      // X-Ray knows no resource to narrow this to.
      ...(tracing ? allow("Traces", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"]) : []),
      ...(subnets ? inVpc(functionName(installation, name)) : []),
    ],
    start: allow("StartRemediations", ["lambda:InvokeFunction"], [sub(remediateAlias(installation))]),
    wake: allow("WakeRemediations", ["lambda:SendDurableExecutionCallbackSuccess"], [sub(arn("lambda", executions))]),
    checkpoint: allow(
      "KeepItsPlace",
      ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
      [sub(arn("lambda", executions))],
    ),
    poll: allow(
      "ReadItsQueue",
      ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      [arnOf("IntakeQueue")],
    ),
    halt: allow("ReadTheStopSwitch", ["ssm:GetParameter"], [sub(arn("ssm", `parameter${haltParameter}`))]),
    // What people set by hand, in Slack: the stop switch, and the levels of the services in the settings.
    switches: allow(
      "ReadAndSetTheSwitches",
      ["ssm:GetParameter", "ssm:PutParameter"],
      [haltParameter, ...services.map(({ name }) => levelParameter(name))].map((name) =>
        sub(arn("ssm", `parameter${name}`)),
      ),
    ),
    canary: allow(
      "SendItselfSamplesAndTellOthers",
      ["events:PutEvents"],
      [sub(arn("events", `event-bus/${busName(installation)}`))],
    ),
    // Without leave to list, S3 says of a model that is not there that it is forbidden, and the two must not be confused.
    models: [
      ...allow("ReadModels", ["s3:GetObject"], [modelsIn("/models/*")]),
      ...allow("TellMissingModels", ["s3:ListBucket"], [modelsIn("")]),
    ],
    // To write over a model that was read, S3 asks for leave to read it.
    learn: [
      ...allow("WriteModels", ["s3:GetObject", "s3:PutObject"], [modelsIn("/models/*")]),
      ...allow("ListModels", ["s3:ListBucket"], [modelsIn("")]),
      ...allow("ReadThePast", ["cloudwatch:GetMetricData"], ["*"]),
      ...(kmsKey ? allow("WriteWithTheKey", ["kms:GenerateDataKey"], [kmsKey]) : []),
    ],
    page: allow("WakePeople", ["sns:Publish"], [pageTopicArn(installation)]),
    deadLetters: allow("PutDeadLettersAside", ["sqs:SendMessage"], [arnOf("EventDeadLetters")]),
  };
}

const modelsIn = (path: string): Value => sub(`\${Models.Arn}${path}`);

/** Lambda makes a function's network interface with the function's own role; the function's code must not. */
function inVpc(name: string): Statement[] {
  const Action = [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ];
  const byItsCode = { ArnEquals: { "lambda:SourceFunctionArn": sub(arn("lambda", `function:${name}`)) } };
  return [
    { Sid: "NetworkInterfaces", Effect: "Allow", Action, Resource: ["*"] },
    { Sid: "NotByTheCode", Effect: "Deny", Action, Resource: ["*"], Condition: byItsCode },
  ];
}

/** What acting takes: the deployed actions, the looks that plans are made of, and the gates before them. */
const actingOf = ({ runbooks, settings }: Pick<Deployed, "runbooks" | "settings">): Statement[] =>
  reaching("Acting", [...declared(runbooks), ...lookPermissions, ...gates], settings);

/** The IAM actions that the role of `remediate` has been given for acting, as these runbooks and settings have it. */
export const actsWith = (deployed: Pick<Deployed, "runbooks" | "settings">): string[] =>
  actingOf(deployed)
    .flatMap(({ Action }) => Action)
    .sort();

/** What looking by schedule takes: the same looks and gates, and nothing that changes anything. */
const lookingOf = ({ settings }: Deployed): Statement[] =>
  reaching("Looking", [...lookPermissions, ...gates], settings);

/** Each action on what it may be used on, those with the same reach together. */
function reaching(name: string, needed: readonly string[], settings: Settings): Statement[] {
  const actions = [...new Set(needed)].sort();
  const statements = new Map<string, { reach: ReturnType<typeof reachOf>; actions: string[] }>();
  for (const action of actions) {
    const denied = forbiddenBy(action);
    if (denied !== undefined)
      throw new BotError("bad_setting", `packaging: an action declares ${action}, which is forbidden (${denied})`);
    const reach = reachOf(action, settings);
    if (reach.resources.length === 0) continue;
    const same = JSON.stringify([reach.resources, reach.when]);
    const known = statements.get(same);
    if (known) known.actions.push(action);
    else statements.set(same, { reach, actions: [action] });
  }
  return [...statements.values()].map(({ reach, actions }, index) => ({
    Sid: `${name}${index + 1}`,
    Effect: "Allow",
    Action: actions,
    Resource: reach.resources.map((resource) => (resource.includes("${") ? sub(resource) : resource)),
    ...(reach.when && { Condition: reach.when }),
  }));
}
