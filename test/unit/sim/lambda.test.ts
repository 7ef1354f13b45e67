import {
  DeleteFunctionConcurrencyCommand,
  GetAliasCommand,
  GetEventSourceMappingCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateAliasCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { describe, expect, it } from "vitest";
import { given as givenSim, start } from "./given.ts";

const FunctionName = "embed";

function given() {
  const g = givenSim();
  const lambda = g.sim.attach(new LambdaClient({ region: "us-east-2" }));
  g.sim.seed.lambdaFunction({
    name: FunctionName,
    memoryMb: 1_024,
    versions: [start - 2, start - 1],
    aliases: { live: { version: "1" } },
  });
  return { ...g, lambda };
}

describe("a function of Lambda in the simulation", () => {
  it("takes a change only on the revision it was made on, and one at a time", async () => {
    const { lambda, clock } = given();
    const { RevisionId, MemorySize } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    expect(MemorySize).toBe(1_024);
    const grow = (revision: string | undefined) =>
      lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize: 2_048, RevisionId: revision }));
    expect(await grow(RevisionId)).toMatchObject({ MemorySize: 2_048, LastUpdateStatus: "InProgress" });

    await expect(grow(RevisionId)).rejects.toMatchObject({ name: "ResourceConflictException" });
    clock.advance(10_000);
    await expect(grow(RevisionId)).rejects.toMatchObject({ name: "PreconditionFailedException" });
    expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).toMatchObject({
      LastUpdateStatus: "Successful",
    });
  });

  it("publishes what is new, and answers the last version where nothing is", async () => {
    const { lambda, clock } = given();
    expect(await lambda.send(new PublishVersionCommand({ FunctionName }))).toMatchObject({ Version: "2" });
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize: 2_048 }));
    clock.advance(10_000);
    expect(await lambda.send(new PublishVersionCommand({ FunctionName }))).toMatchObject({
      Version: "3",
      MemorySize: 2_048,
    });
    const { Versions } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName }));
    expect(Versions?.map(({ Version, MemorySize }) => [Version, MemorySize])).toEqual([
      ["$LATEST", 2_048],
      ["1", 1_024],
      ["2", 1_024],
      ["3", 2_048],
    ]);
  });

  it("reserves concurrency as long as a hundred are left to the others", async () => {
    const { lambda, sim } = given();
    sim.seed.lambdaFunction({ name: "other", reserved: 500 });
    const put = (ReservedConcurrentExecutions: number) =>
      lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));
    const get = async () =>
      (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions;
    expect(await get()).toBeUndefined();
    await put(400);
    expect(await get()).toBe(400);
    await expect(put(401)).rejects.toMatchObject({ name: "InvalidParameterValueException" });
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    expect(await get()).toBeUndefined();
  });

  it("is not found under another name", async () => {
    const { lambda } = given();
    await expect(lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "none" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      $metadata: { httpStatusCode: 404 },
    });
  });
});

describe("an alias in the simulation", () => {
  it("shares its traffic with one other published version, on the revision that was seen", async () => {
    const { lambda } = given();
    const Name = "live";
    const before = await lambda.send(new GetAliasCommand({ FunctionName, Name }));
    const share = (weights: Record<string, number>) =>
      lambda.send(
        new UpdateAliasCommand({
          FunctionName,
          Name,
          RoutingConfig: { AdditionalVersionWeights: weights },
          RevisionId: before.RevisionId,
        }),
      );
    await expect(share({ "9": 0.1 })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(share({ "1": 0.1 })).rejects.toMatchObject({ name: "InvalidParameterValueException" });
    expect(await share({ "2": 0.1 })).toMatchObject({
      FunctionVersion: "1",
      RoutingConfig: { AdditionalVersionWeights: { "2": 0.1 } },
    });
    await expect(share({})).rejects.toMatchObject({ name: "PreconditionFailedException" });
  });
});

describe("an event source mapping in the simulation", () => {
  it("takes a while to be turned off, and nothing else meanwhile", async () => {
    const { lambda, sim, clock } = given();
    const { id: UUID } = sim.seed.eventSourceMapping({
      function: FunctionName,
      source: "arn:aws:sqs:us-east-2:1:jobs",
    });
    const turn = (Enabled: boolean) => lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
    expect(await turn(false)).toMatchObject({ State: "Disabling" });
    await expect(turn(true)).rejects.toMatchObject({ name: "ResourceInUseException" });
    clock.advance(60_000);
    expect(await lambda.send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject({ State: "Disabled" });
    const { EventSourceMappings } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
    expect(EventSourceMappings?.map((one) => one.UUID)).toEqual([UUID]);
  });
});
