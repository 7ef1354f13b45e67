import { describe, expect, it } from "vitest";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { changed, eventOf } from "./fixture.ts";

const warning = "ecs-task.fargate-spot-warning.json";
const killed = "ecs-task.out-of-memory.json";
const at = Date.UTC(2026, 2, 4, 10, 20, 30);
const arn = (resource: string) => `arn:aws:ecs:eu-west-1:210987654321:${resource}`;

describe("a task on Fargate Spot that is to be stopped while it runs", () => {
  it("is the two-minute warning", () => {
    expect(readSignal(eventOf(warning))).toStrictEqual({
      kind: "ecs-task",
      eventId: "012c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at,
      account: "210987654321",
      region: "eu-west-1",
      task: arn("task/prod/0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
      cluster: arn("cluster/prod"),
      version: 4,
      lastStatus: "RUNNING",
      desiredStatus: "STOPPED",
      deadlineAt: at + 120_000,
      restartedBy: "nobody",
      family: "embed",
      taskDefinition: arn("task-definition/embed:7"),
      launchType: "FARGATE",
      capacityProvider: "FARGATE_SPOT",
      zone: "eu-west-1b",
      cpuUnits: 1024,
      memoryMiB: 4096,
      startedBy: "nightly",
      stopCode: "SpotInterruption",
      stoppedReason: "Your Spot Task was interrupted.",
      startedAt: Date.UTC(2026, 2, 4, 9, 0, 41, 103),
      containers: [{ name: "embed", lastStatus: "RUNNING", cpuUnits: 0, outOfMemory: false }],
    });
  });

  it("is a warning also when ECS calls it a termination notice", () => {
    expect(readSignal(changed(warning, "detail.stopCode", "TerminationNotice"))).toHaveProperty("deadlineAt");
  });

  it.each([
    ["detail.lastStatus", "STOPPED"],
    ["detail.lastStatus", "DEPROVISIONING"],
    ["detail.desiredStatus", "RUNNING"],
    ["detail.stopCode", "UserInitiated"],
    ["detail.stopCode", "ServiceSchedulerInitiated"],
    ["detail.stopCode", undefined],
  ])("is no warning with %s = %j", (path, value) => {
    expect(readSignal(changed(warning, path, value))).not.toHaveProperty("deadlineAt");
  });

  it.each(["version", "group", "containers", "taskDefinitionArn", "startedAt", "cpu", "stoppedReason"])(
    "is a warning without its %s, and with another thing in its place",
    (field) => {
      for (const value of [undefined, null, { not: "it" }])
        expect(readSignal(changed(warning, `detail.${field}`, value))).toMatchObject({ deadlineAt: at + 120_000 });
    },
  );
});

describe("a task", () => {
  it("carries its version, by which an old event is told from a new one", () => {
    expect(readSignal(eventOf(killed))).toMatchObject({ version: 6 });
  });

  it("is started again by its service, whose name is in the group", () => {
    expect(readSignal(eventOf(killed))).toMatchObject({ restartedBy: "service", service: "rank" });
  });

  it("is started again by nobody when its group is a family, or one that somebody made up", () => {
    for (const group of ["family:rank", "experiments"]) {
      const signal = readSignal(changed(killed, "detail.group", group));
      expect(signal).toMatchObject({ restartedBy: "nobody" });
      expect(signal).not.toHaveProperty("service");
    }
  });

  it("is not known to be anybody's when it does not say", () => {
    expect(readSignal(changed(killed, "detail.group", undefined))).toMatchObject({ restartedBy: "unknown" });
  });

  it.each(["AWSBatch-spot-1a6929d6-f62b-3d45-b3b5-31e7f64ae0da", "spot_Batch_1a6929d6-f62b-3d45-b3b5-31e7f64ae0da"])(
    "in the cluster %s is a job, which AWS Batch retries",
    (cluster) => {
      expect(readSignal(changed(warning, "detail.clusterArn", arn(`cluster/${cluster}`)))).toMatchObject({
        restartedBy: "batch",
      });
    },
  );

  it("has a family whether or not its definition has a revision", () => {
    for (const definition of ["rank:31", "rank"])
      expect(
        readSignal(changed(killed, "detail.taskDefinitionArn", arn(`task-definition/${definition}`))),
      ).toMatchObject({ family: "rank" });
  });

  it("names the instance whose end stopped it", () => {
    const reason = "Host EC2 (instance i-0b662ef9931388ba0) terminated.";

    expect(readSignal(changed(killed, "detail.stoppedReason", reason))).toMatchObject({
      instanceId: "i-0b662ef9931388ba0",
    });
    expect(readSignal(changed(killed, "detail.stoppedReason", `so said Host EC2: ${reason}`))).not.toHaveProperty(
      "instanceId",
    );
  });

  it.each([
    ["detail.taskArn", undefined],
    ["detail.taskArn", "arn:aws:ecs:eu-west-1:210987654321:cluster/prod"],
    ["detail.clusterArn", "prod"],
    ["detail.lastStatus", ""],
    ["detail.desiredStatus", undefined],
    ["time", "yyyy-mm-ddThh:mm:ssZ"],
  ])("with %s = %j is unreadable, and the answer says so", (path, value) => {
    expect(readSignal(changed(killed, path, value))).toMatchObject({
      kind: "unreadable",
      why: expect.stringContaining(`${path}: `),
    });
  });
});

describe("a container", () => {
  it("ran out of memory when it was killed and the reason says so; killed alone is not enough", () => {
    expect(readSignal(eventOf(killed))).toMatchObject({
      containers: [
        { name: "rank", exitCode: 137, outOfMemory: true },
        { name: "proxy", exitCode: 137, outOfMemory: false },
      ],
    });
  });

  it("did not run out of memory when it says so of itself and ends in another way", () => {
    expect(readSignal(changed(killed, "detail.containers.0.exitCode", 1))).toMatchObject({
      containers: [{ outOfMemory: false }, {}],
    });
  });

  it('has no cpu when ECS writes the text "null"', () => {
    const signal = readSignal(eventOf(killed));

    expect(signal).toMatchObject({ containers: [{ cpuUnits: 512, memoryMiB: 900 }, {}] });
    expect(signal).not.toHaveProperty("containers.1.cpuUnits");
  });
});

describe("a container instance", () => {
  it("says which cluster an EC2 instance serves", () => {
    expect(readSignal(eventOf("ecs-container-instance.json"))).toStrictEqual({
      kind: "ecs-container-instance",
      eventId: "032c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at,
      account: "210987654321",
      region: "eu-west-1",
      containerInstance: arn("container-instance/prod/d1d84798400f49f3"),
      cluster: arn("cluster/prod"),
      instanceId: "i-0b662ef9931388ba0",
      status: "DRAINING",
      agentConnected: false,
      version: 14_801,
      capacityProvider: "spot",
    });
  });

  it("outside of EC2 has no instance", () => {
    expect(readSignal(changed("ecs-container-instance.json", "detail.ec2InstanceId", "mi-0123"))).not.toHaveProperty(
      "instanceId",
    );
  });
});

describe("a service action", () => {
  it("says that there is no room, and of what", () => {
    expect(readSignal(eventOf("ecs-placement-failure.json"))).toStrictEqual({
      kind: "ecs-service-action",
      eventId: "042c1a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at,
      account: "210987654321",
      region: "eu-west-1",
      service: arn("service/prod/rank"),
      cluster: arn("cluster/prod"),
      action: "SERVICE_TASK_PLACEMENT_FAILURE",
      level: "ERROR",
      unplaced: true,
      reason: "RESOURCE:FARGATE",
      capacityProviders: [arn("capacity-provider/FARGATE_SPOT")],
    });
  });

  it("of another name is no want of room", () => {
    expect(readSignal(changed("ecs-placement-failure.json", "detail.eventName", "SERVICE_STEADY_STATE"))).toMatchObject(
      { action: "SERVICE_STEADY_STATE", unplaced: false },
    );
  });

  it("of an unknown level is taken as seriously as an error", () => {
    expect(readSignal(changed("ecs-placement-failure.json", "detail.eventType", "FATAL"))).toMatchObject({
      level: "ERROR",
    });
  });
});
