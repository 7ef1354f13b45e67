import { DetachInstancesCommand } from "@aws-sdk/client-auto-scaling";
import { UpdateContainerInstancesStateCommand } from "@aws-sdk/client-ecs";
import { DeregisterTargetsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { PurgeQueueCommand } from "@aws-sdk/client-sqs";
import { GetParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { expect, it } from "vitest";
import { z } from "zod";
import { assumeEstate } from "../../../cli/replay/estate.ts";
import type { Incident } from "../../../src/incidents/incident.ts";
import { defineAction, nothingToUndo } from "../../../src/runbook/action.ts";
import { defineRunbook } from "../../../src/runbook/runbook.ts";
import { spotInterruptionWarning } from "../../../src/runbook/triggers/spot.ts";
import { file, instance, runJson, settingsOf, spotWarning, start } from "./given.ts";

const incident: Incident = {
  id: "a-1",
  root: `instance/${instance(1)}`,
  episode: 1,
  runbook: "spot-interruption",
  trigger: "spot-interruption-warning",
  title: "",
  signal: { instanceId: instance(1), region: "eu-west-1", account: "123456789012" },
  beganAt: start,
  openedAt: start,
  seen: 1,
  phase: { state: "open" },
};

it("an assumed account can be looked at, and no client can change anything in it", async () => {
  const { acting, reading, look, calls } = await assumeEstate(incident, settingsOf(), start);

  expect(await look.workOn(instance(1))).toMatchObject({
    kind: "found",
    messages: { length: 2 },
    targets: { length: 1 },
  });
  for (const { ssm, ecs, elb, sqs, autoscaling } of [acting, reading]) {
    const changes = [
      () => ssm.send(new PutParameterCommand({ Name: "/a", Value: "b", Type: "String" })),
      () => ecs.send(new UpdateContainerInstancesStateCommand({ containerInstances: ["a"], status: "DRAINING" })),
      () => elb.send(new DeregisterTargetsCommand({ TargetGroupArn: "a", Targets: [] })),
      () => sqs.send(new PurgeQueueCommand({ QueueUrl: "a" })),
      () =>
        autoscaling.send(
          new DetachInstancesCommand({ AutoScalingGroupName: "a", ShouldDecrementDesiredCapacity: true }),
        ),
    ];
    for (const change of changes) expect(change).toThrow("would change the account, and a replay only looks");
  }
  expect(calls.length).toBeGreaterThan(0);
  expect(calls.filter(({ mutating }) => mutating)).toEqual([]);
});

it("looking goes on working beside the guard", async () => {
  const { reading } = await assumeEstate(incident, settingsOf(), start);

  await expect(reading.ssm.send(new GetParameterCommand({ Name: "/a" }))).rejects.toMatchObject({
    name: "ParameterNotFound",
  });
});

it("a runbook that changes something while it plans is found out", async () => {
  const meddling = defineAction({
    id: "test.meddle",
    summary: () => "meddle",
    params: z.object({}),
    permissions: [],
    touches: () => [],
    before: async ({ aws }) => {
      await aws.ssm.send(new PutParameterCommand({ Name: "/paramedic/halt", Value: "stop", Type: "String" }));
      return null;
    },
    do: () => Promise.resolve(null),
    probe: () => Promise.resolve({ applied: true, out: null }),
    undo: nothingToUndo("it never happens"),
  });
  const runbook = defineRunbook({
    id: "meddler",
    summary: "",
    on: [spotInterruptionWarning],
    lane: "fast",
    uses: [meddling],
    limit: { runs: 1, within: { hours: 1 } },
    plan: () => Promise.resolve([meddling({})]),
  });
  const { incidents } = await runJson([file("a.json", JSON.stringify(spotWarning(instance(1))))], {
    runbooks: [runbook],
  });

  expect(incidents).toMatchObject([
    {
      runbook: "meddler",
      decision: "escalated",
      why: expect.stringContaining("PutParameterCommand would change the account"),
    },
  ]);
});
