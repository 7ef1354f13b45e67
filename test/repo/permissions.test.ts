import { readdirSync } from "node:fs";
import { join } from "node:path";
import { GetParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { lookPermissions } from "../../src/aws/look.ts";
import { type Action, type ActionDefinition, defineAction, nothingToUndo } from "../../src/runbook/action.ts";
import type { Condition } from "../../src/runbook/condition.ts";
import { degradeEpisode, spotEpisode } from "../support/episodes.ts";
import { type Stack, stack, startMs } from "../support/stack.ts";
import { type Names, smallWorld } from "./small-world.ts";
import { root } from "./tree.ts";

/** What each action is rehearsed with. An action that is missing here is not deployed untested: the suite fails. */
const actionParams: Readonly<Record<string, (names: Names) => unknown>> = {
  "appscaling.set-bounds": ({ api, dead }) => ({ ...api, min: 2, max: 8, queue: dead.url }),
  "autoscaling.detach-instance": ({ instance, group }) => ({ instance, group }),
  "autoscaling.launch-replacement": ({ instance, group }) => ({ group, zone: "us-east-2b", instead: instance }),
  "autoscaling.set-bounds": ({ group, dead }) => ({ group, min: 3, max: 8, queue: dead.url }),
  "batch.learn-memory": () => ({ family: "embed", memoryMiB: 3_000, job: "embed-1", days: 30 }),
  "batch.resubmit-job": ({ jobs }) => ({ ...jobs, job: jobs.failed, name: "embed-1", as: "embed-1-r1" }),
  "batch.terminate-job": ({ jobs }) => ({
    job: jobs.waiting,
    name: "embed-2",
    as: "embed-2-r1",
    why: "it is too dear",
  }),
  "circuit.force": () => ({ table: "paramedic-test", circuit: "bedrock/claude", reason: "it fails" }),
  "athena.stop-query": (names) => ({ ...names, workGroup: "research" }),
  "ecs.drain-instance": (names) => names,
  "ecs.register-size": ({ api }) => ({ ...api, cpu: 1_024, memory: 2_048 }),
  "ecs.resize-task": ({ api }) => api,
  "ecs.run-task-again": (names) => ({ ...names, task: names.standalone, name: "embed" }),
  "ecs.set-desired-count": ({ api, dead }) => ({ ...api, count: 3, queue: dead.url }),
  "ecs.stop-task": (names) => ({ ...names, service: "worker", why: "it leaks memory" }),
  "elb.deregister-target": (names) => names,
  "lambda.limit-concurrency": (names) => ({ ...names, concurrency: 2 }),
  "lambda.pause-event-source": (names) => names,
  "lambda.slow-event-source": (names) => ({ ...names, concurrency: 2 }),
  "lambda.set-memory": () => ({ function: "researcher", memory: 2_048 }),
  "lambda.shift-alias": (names) => ({ ...names, alias: "live", version: "1" }),
  "level.set": () => ({ service: "chat", level: "limited", reason: "it is slow" }),
  "pool.quarantine": ({ instance }) => ({ table: "paramedic-test", pool: "spot/g5.xlarge/us-east-2a", instance }),
  "sagemaker.restart-training": ({ training }) => ({ job: training, as: "tune-r1", spot: false }),
  "sagemaker.stop-training": ({ training }) => ({ job: training }),
  "sagemaker.shift-traffic": () => ({ endpoint: "rank", weights: { old: 1, new: 0 } }),
  "sqs.redrive": ({ dead }) => ({ ...dead, perSecond: 1 }),
  "sqs.release-messages": (names) => names,
  "sqs.stop-redrive": ({ moving }) => moving,
  "ssm.restore-prompt-version": () => ({ parameter: "/chat/prompt", version: 1 }),
};

const conditionParams: typeof actionParams = {
  "autoscaling.instances-are-there": ({ group }) => ({ group, count: 2 }),
  "batch.copies-are-there": ({ jobs }) => ({ copies: [{ as: "embed-2", queue: jobs.queue }] }),
  "batch.job-has-started": ({ jobs }) => ({ ...jobs, name: "embed-2" }),
  "batch.wait-is-over": ({ jobs }) => ({ job: jobs.waiting, name: "embed-2" }),
  "batch.work-goes-on": ({ jobs }) => ({ ...jobs, job: jobs.waiting, name: "embed-2", as: "embed-2-r1" }),
  "circuit.is-closed": () => ({ circuit: "bedrock/claude" }),
  "ecs.nothing-runs-on": (names) => names,
  "ecs.tasks-are-there": ({ api }) => ({ ...api, count: 1 }),
  "ecs.tasks-have-room": ({ api }) => ({ ...api, percent: 95 }),
  "metric.below": () => ({
    metric: { namespace: "Paramedic", name: "Errors", dimensions: {}, stat: "Average" },
    below: 1,
  }),
  "sagemaker.training-has-started": ({ training }) => ({ name: training }),
  "service.latency-below": () => ({ service: "chat", ms: 1_000 }),
  "sqs.dead-letters-stay-away": ({ dead }) => ({ ...dead, waiting: 1, since: 0 }),
  "sqs.queue-at-most": ({ dead }) => ({ url: dead.url, messages: 1 }),
  "sqs.work-outside": ({ dead }) => ({ url: dead.url, secondsPerMessage: 10, atOnce: 1, waitSeconds: 600, few: 1 }),
  "spend.is-held": () => ({ service: "chat", spender: "researcher", account: "123456789012", usdPerHour: 5 }),
  "spend.within": () => ({ service: "chat", spender: "researcher", account: "123456789012", usdPerHour: 5 }),
};

/**
 * What AWS needs of the caller behind a call of ours, and so never shows as one: the docs of LaunchInstances,
 * StartMessageMoveTask, RegisterTaskDefinition, RunTask, SubmitJob and CreateTrainingJob name them.
 */
const behindTheScenes = [
  "batch:TagResource",
  "ec2:CreateFleet",
  "ec2:DescribeLaunchTemplateVersions",
  "ecs:TagResource",
  "iam:PassRole",
  "sagemaker:AddTags",
  "sqs:DeleteMessage",
  "sqs:ReceiveMessage",
  "sqs:SendMessage",
];

const catalogue = await exportsOfActions();
const actions = catalogue.filter((found): found is Action => isKind(found, "action"));
const conditions = catalogue.filter((found): found is Condition => isKind(found, "condition"));

describe("the permissions of an action", () => {
  it("are rehearsed for every action and condition there is", () => {
    expect(Object.keys(actionParams).sort()).toEqual(actions.map(({ id }) => id).sort());
    expect(Object.keys(conditionParams).sort()).toEqual(conditions.map(({ id }) => id).sort());
  });

  it.each(actions)("are what $id needs, no less and no more", async ({ id, definition }) => {
    expect(await neededBy(definition, actionParams[id])).toEqual(declaredBy(definition.permissions));
  });

  it("are found wanting when a call is not declared, and too many when one is not made", async () => {
    const params = z.object({});
    const careless = defineAction({
      id: "level.careless",
      summary: () => "sets a level",
      params,
      permissions: ["ssm:PutParameter", "ssm:DeleteParameter"],
      touches: () => [],
      do: async ({ aws }) => {
        await aws.ssm.send(new PutParameterCommand({ Name: "/paramedic/level/chat", Value: "{}", Type: "String" }));
        return null;
      },
      probe: async ({ aws }) => {
        await aws.ssm.send(new GetParameterCommand({ Name: "/paramedic/level/chat" })).catch(() => undefined);
        return { applied: true, out: null };
      },
      undo: nothingToUndo("it is only a test"),
    });
    expect(await neededBy(careless.definition, () => ({}))).toEqual(["ssm:GetParameter", "ssm:PutParameter"]);
  });
});

describe("the permissions of a condition", () => {
  it.each(conditions)("are what $id needs, no less and no more", async ({ id, definition }) => {
    const { look, names, needed } = await smallWorld();

    await definition.holds({ params: definition.params.parse(conditionParams[id]?.(names)), look });

    expect(needed()).toEqual(declaredBy(definition.permissions));
  });
});

it("a look needs what lookPermissions says, no less and no more", async () => {
  const { look, names, needed } = await smallWorld();

  const found = await look.workOn(names.instance);
  await look.level("chat");
  await look.latency("chat");
  await look.circuit("bedrock/claude");
  await look.quarantined();
  await look.tasksOn(names.cluster, names.containerInstance);
  await look.spending("chat", "123456789012");
  await look.handlesOf("chat", "researcher");
  await look.choices("chat");
  await look.tasksOfService(names.cluster, "worker");
  await look.queue(names.queueUrl);
  await look.moves(names.dead.deadLetters);
  await look.alarmsOn(["chat-latency-high"]);
  await look.capacity({ kind: "group", group: names.group });
  await look.capacity({ kind: "ecs", ...names.api });
  await look.batchJob(names.jobs.waiting);
  await look.jobNamed(names.jobs.queue, "embed-2");
  await look.batchQueue(names.jobs.queue);
  await look.waitingJobs();
  await look.misplacedJobs(300_000);
  await look.spotZones("g5.xlarge", "us-east-2");
  await look.trainingJob(names.training);
  await look.familyMemory("embed");
  await look.taskSize(names.api.cluster, names.api.service);
  await look.functionSize("researcher");

  expect(found).toMatchObject({ group: {}, containerInstance: { managedDraining: false }, targets: [{}] });
  expect(needed()).toEqual(declaredBy(lookPermissions));
});

it.each([spotEpisode, degradeEpisode])(
  "a whole $runbook calls nothing but what its runbook, a look and the gates declare",
  async (episode) => {
    const s = stack({ people: () => ({ verdict: "approved", after: { minutes: 1 } }) });
    await episode.begin(s);
    await s.runTo(episode.over);

    expect(undeclared(s, episode.runbook)).toEqual([]);
    s.close();
  },
);

/** The gates read the halt switch and the maintenance calendars before anything else. */
const gatePermissions = ["ssm:GetParameter", "ssm:GetCalendarState"];

function undeclared({ sim, world }: Stack, id: string): string[] {
  const { uses = [] } = world.runbooks.find((runbook) => runbook.id === id)?.definition ?? {};
  const used = [...actions, ...conditions].filter(({ id }) => uses.some((usable) => usable.id === id));
  const declared = new Set<string>([
    ...lookPermissions,
    ...gatePermissions,
    ...used.flatMap(({ definition }) => definition.permissions),
    // The workers' own.
    "sqs:ReceiveMessage",
  ]);
  return sim.calls.map(({ permission }) => permission).filter((permission) => !declared.has(permission));
}

const declaredBy = (permissions: readonly string[]): string[] =>
  permissions.filter((permission) => !behindTheScenes.includes(permission)).sort();

/** Everything an action does in its life: look, change, look again, take back; and taking back twice, as after a crash. */
async function neededBy(
  action: ActionDefinition,
  given: (typeof actionParams)[string] = () => ({}),
): Promise<string[]> {
  const { aws, names, needed, settle } = await smallWorld();
  const params = action.params.parse(given(names));
  const tools = { params, aws, key: "rehearsal-0", incident: "rehearsal", now: startMs, earlier: [] };

  const before = (await action.before?.(tools)) ?? null;
  await action.probe({ ...tools, before });
  const out = await action.do({ ...tools, before });
  await action.verify?.holds({ ...tools, out });
  await action.probe({ ...tools, before });
  settle();
  if (typeof action.undo === "function") {
    await action.undo({ ...tools, before, out });
    await action.undo({ ...tools, before, out });
  }
  return needed();
}

async function exportsOfActions(): Promise<unknown[]> {
  const files = readdirSync(join(root, "src/actions")).filter((name) => name.endsWith(".ts"));
  const modules: object[] = await Promise.all(files.map((name) => import(join(root, "src/actions", name))));
  return modules.flatMap((module) => Object.values(module));
}

function isKind(value: unknown, kind: string): boolean {
  return typeof value === "function" && "kind" in value && value.kind === kind;
}
