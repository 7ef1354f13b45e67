import { afterEach, describe, expect, it } from "vitest";
import { growTasks } from "../../runbooks/grow-tasks.ts";
import { jobStack, type JobStack } from "../support/jobs.ts";
import { chat } from "../support/settings.ts";
import { settingsOf, startMs } from "../support/stack.ts";

let g: JobStack;
afterEach(() => g.s.close());

describe("a task of a service that ran out of memory", () => {
  const settings = settingsOf({
    autonomy: { "grow-tasks": "auto" },
    services: [{ ...chat, size: { kind: "ecs", cluster: "apps", service: "api", days: 7, hourUtc: 3 } }],
  });
  const api = (more: object = {}) => {
    g = jobStack({ settings, runbooks: [growTasks] });
    g.s.sim.seed.service({ cluster: "apps", name: "api", desired: 1, cpu: 512, memory: 1_024, fargate: true, ...more });
  };
  /** One of its tasks is killed, as ECS tells of it. */
  const kill = async (version: number) => {
    const [task] = Object.values(g.s.sim.world.tasks).filter(({ last }) => last === "RUNNING");
    const containers = [
      {
        name: "api",
        exitCode: 137,
        reason: "OutOfMemoryError: Container killed due to memory usage",
        lastStatus: "STOPPED",
      },
    ];
    g.events.push({
      version: "0",
      id: `oom-${version}`,
      "detail-type": "ECS Task State Change",
      source: "aws.ecs",
      account: "123456789012",
      time: new Date(g.s.clock.now()).toISOString(),
      region: "us-east-2",
      resources: [],
      detail: {
        taskArn: task?.arn,
        clusterArn: "arn:aws:ecs:us-east-2:123456789012:cluster/apps",
        group: "service:api",
        version,
        lastStatus: "STOPPED",
        desiredStatus: "STOPPED",
        stopCode: "EssentialContainerExited",
        containers,
      },
    });
    await g.to({ minutes: (g.s.clock.now() - startMs) / 60_000 + 40 });
  };
  const memory = () => g.s.sim.world.definitions[g.s.sim.world.services["apps/api"]?.definition ?? ""]?.memory;

  it("gets more, by a deployment, twice a week at most", async () => {
    api();
    await kill(1);
    expect(memory()).toBe(2_048);
    await kill(2);
    expect(memory()).toBe(3_072);
    await kill(3);
    expect(memory()).toBe(3_072);
    expect(await g.outcomes("grow-tasks")).toEqual([
      "healed: every step was done",
      "healed: every step was done",
      expect.stringMatching(/^skipped: the tasks of api were grown 2 times this week/),
    ]);
  });

  it("is left to people where its tasks take on roles", async () => {
    api({ roles: { taskRoleArn: "arn:aws:iam::123456789012:role/api" } });
    await kill(1);
    expect(memory()).toBe(1_024);
    expect(await g.outcomes("grow-tasks")).toEqual([
      expect.stringMatching(/^skipped: .+ should have 2048 MiB\. Deploy/),
    ]);
  });
});
