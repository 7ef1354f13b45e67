import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { tableOperations } from "../../../src/aws/table.ts";
import { z } from "zod";
import { functionNames } from "../../../infra/names.ts";
import { declared, policiesOf, type Statement } from "../../../infra/permissions.ts";
import { reachOf } from "../../../infra/reach.ts";
import { lookPermissions } from "../../../src/aws/look.ts";
import { defineAction, nothingToUndo } from "../../../src/runbook/action.ts";
import { defineRunbook, type Runbook } from "../../../src/runbook/runbook.ts";
import { deployed, everything, settings } from "./given.ts";

const allowed = (statements: readonly Statement[]): string[] =>
  statements.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action);
const statementOn = (statements: readonly Statement[], action: string): Statement | undefined =>
  statements.find(
    ({ Effect, Action, Sid }) => Effect === "Allow" && Action.includes(action) && Sid.startsWith("Acting"),
  );

/** What the bot does for itself, in its own table, queue, topic, log and executions. */
const own = [
  "dynamodb:GetItem",
  "dynamodb:PutItem",
  "dynamodb:Query",
  "dynamodb:UpdateItem",
  "events:PutEvents",
  "lambda:CheckpointDurableExecution",
  "lambda:GetDurableExecutionState",
  "lambda:InvokeFunction",
  "lambda:SendDurableExecutionCallbackSuccess",
  "logs:CreateLogStream",
  "logs:PutLogEvents",
  "sns:Publish",
  "sqs:DeleteMessage",
  "sqs:GetQueueAttributes",
  "sqs:ReceiveMessage",
  "sqs:SendMessage",
  "ssm:GetParameter",
];

describe("what a function may do", () => {
  const policies = policiesOf(deployed());

  it("is for remediate all that the deployed actions declare, what looks and gates read, and no more", () => {
    const { runbooks } = deployed();
    const may = new Set(allowed(policies.remediate));

    // What could be used on nothing that the settings name is not allowed at all.
    const useful = declared(runbooks).filter((action) => reachOf(action, settings).resources.length > 0);
    expect(useful.length).toBeGreaterThan(10);
    expect(useful.filter((action) => !may.has(action))).toEqual([]);
    const known = new Set<string>([...declared(runbooks), ...lookPermissions, "ssm:GetCalendarState", ...own]);
    expect([...may].filter((action) => !known.has(action))).toEqual([]);
  });

  it.each(functionNames.filter((name) => name !== "remediate"))(
    "is for %s nothing but the bot's own business",
    (name) => {
      const looks = [...lookPermissions, "ssm:GetCalendarState"];
      const also: Partial<Record<string, readonly string[]>> = {
        slack: ["ssm:PutParameter"],
        watch: looks,
        intake: ["s3:GetObject", "s3:ListBucket"],
        learn: ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "cloudwatch:GetMetricData"],
      };
      expect(allowed(policies[name]).filter((action) => ![...own, ...(also[name] ?? [])].includes(action))).toEqual([]);
    },
  );

  it("is for slack to set what people set by hand: the stop switch, and the levels of the services", () => {
    const parameter = (name: string) => ({
      "Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter" + name,
    });
    const setting = policies.slack.filter(({ Action }) => Action.includes("ssm:PutParameter"));
    expect(setting.map(({ Resource }) => Resource)).toEqual([
      [parameter("/paramedic/halt"), parameter("/paramedic/level/chat")],
    ]);
  });

  it("changes only what its owner has tagged, where the service knows tags", () => {
    const tagged = { StringEquals: { "aws:ResourceTag/paramedic": "act" } };
    for (const action of [
      "autoscaling:LaunchInstances",
      "elasticloadbalancing:DeregisterTargets",
      "sqs:ChangeMessageVisibility",
    ])
      expect(statementOn(policies.remediate, action)?.Condition, action).toEqual(tagged);
  });

  it("writes only the levels of the services in the settings, and never the stop switch", () => {
    const written = (statementOn(policies.remediate, "ssm:PutParameter")?.Resource ?? []).map(
      (resource) => JSON.stringify(resource).split(":parameter")[1],
    );
    expect(written).toContain('/paramedic/level/chat"}');
    expect(written.filter((name) => !/^\/paramedic\/(level|memory)\//.test(name ?? ""))).toEqual([]);
  });

  it("has nothing to do with ECS when the settings name no cluster", () => {
    const without = policiesOf({ ...deployed(), settings: { ...settings, clusters: [] } });
    expect(allowed(without.remediate).filter((action) => /^ecs:(Update|ListTasks)/.test(action))).toEqual([]);
  });

  it.each(functionNames)("is denied to %s, whatever it is allowed, where it is about who may do what", (name) => {
    const denied = policies[name].filter(({ Effect }) => Effect === "Deny").flatMap(({ Action }) => Action);
    expect(denied).toEqual(
      expect.arrayContaining([
        "iam:Create*",
        "iam:Put*",
        "iam:Attach*",
        "organizations:*",
        "sts:AssumeRole*",
        "dynamodb:Delete*",
      ]),
    );
  });

  it("includes making a network interface in a VPC, but not by the function's own code", () => {
    const inVpc = policiesOf(deployed(everything)).spot;
    const [denied] = inVpc.filter(({ Sid }) => Sid === "NotByTheCode");
    expect(allowed(inVpc)).toContain("ec2:CreateNetworkInterface");
    expect(denied).toMatchObject({ Effect: "Deny", Condition: { ArnEquals: { "lambda:SourceFunctionArn": {} } } });
  });
});

describe("a deployment is refused", () => {
  it("when an action declares what nobody may do", () => {
    expect(() => policiesOf(withAction("iam:CreateRole"))).toThrow(
      "declares iam:CreateRole, which is forbidden (iam:Create*)",
    );
  });

  it("when nothing says what a permission may be used on", () => {
    expect(() => policiesOf(withAction("ec2:RebootInstances"))).toThrow(
      "nothing says what ec2:RebootInstances may be used on. Add it to infra/reach.ts",
    );
  });
});

function withAction(permission: string) {
  const careless = defineAction({
    id: "made-up.act",
    summary: () => "acts",
    params: z.object({}),
    permissions: [permission],
    touches: () => [],
    do: () => Promise.resolve(null),
    probe: () => Promise.resolve({ applied: false }),
    undo: nothingToUndo("it is only a test"),
  });
  const runbook: Runbook = defineRunbook({
    id: "made-up",
    summary: "acts",
    on: [],
    lane: "slow",
    uses: [careless],
    limit: { runs: 1, within: { hours: 1 } },
    plan: () => Promise.resolve([careless({})]),
  });
  return { ...deployed(), runbooks: [runbook] };
}

it("covers every operation that the table's code calls", () => {
  const source = readFileSync(new URL("../../../src/aws/table.ts", import.meta.url), "utf8");
  const names: Record<string, string> = { Get: "GetItem", Put: "PutItem", Update: "UpdateItem", Delete: "DeleteItem" };
  const called = [...source.matchAll(/new (\w+)Command\(/g)].map(([, name = ""]) => `dynamodb:${names[name] ?? name}`);

  expect(new Set(called)).toEqual(new Set(tableOperations));
});
