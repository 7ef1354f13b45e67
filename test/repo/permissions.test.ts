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
  "autoscaling.detach-instance": ({ instance, group }) => ({ instance, group }),
  "autoscaling.launch-replacement": ({ instance, group }) => ({ group, zone: "us-east-2b", instead: instance }),
  "ecs.drain-instance": (names) => names,
  "elb.deregister-target": (names) => names,
  "level.set": () => ({ service: "chat", level: "limited", reason: "it is slow" }),
  "sqs.release-messages": (names) => names,
};

const conditionParams: typeof actionParams = {
  "ecs.nothing-runs-on": (names) => names,
  "service.latency-below": () => ({ service: "chat", ms: 1_000 }),
};

/** What AWS needs of the caller behind a call of ours, and so never shows as one: the docs of LaunchInstances name them. */
const behindTheScenes = ["ec2:CreateFleet", "ec2:DescribeLaunchTemplateVersions"];

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
  await look.tasksOn(names.cluster, names.containerInstance);

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
  const { aws, names, needed } = await smallWorld();
  const params = action.params.parse(given(names));
  const tools = { params, aws, key: "rehearsal-0", incident: "rehearsal", now: startMs, earlier: [] };

  const before = (await action.before?.(tools)) ?? null;
  await action.probe({ ...tools, before });
  const out = await action.do({ ...tools, before });
  await action.verify?.holds({ ...tools, out });
  await action.probe({ ...tools, before });
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
