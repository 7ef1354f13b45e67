import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Running, startDynamo } from "../../../../local/servers.ts";
import { dynamoTable } from "../../../../src/aws/table.ts";
import { createCircuit } from "../../../../src/client/circuit/circuit.ts";
import { toRules } from "../../../../src/client/circuit/settings.ts";
import { forceCircuit, lookAtCircuit, releaseCircuit } from "../../../../src/client/circuit/stored.ts";
import { systemTimer } from "../../../../src/client/timer.ts";
import { startMs } from "../given.ts";

let dynamo: Running;
beforeAll(async () => {
  dynamo = await startDynamo("circuits");
});
afterAll(() => dynamo.close());

describe("a circuit in DynamoDB", () => {
  it("is probed by one of fifty who find it ripe, and stays readable through all its states", async () => {
    const clock = { now: () => startMs };
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const client = new DynamoDBClient({ endpoint: dynamo.url, region: "us-east-2", credentials });
    const table = dynamoTable(client, "circuits");
    let attempts = 0;
    let calls = 0;
    const owner = () => `attempt-${++attempts}`;
    // Real time here, and a machine that may be busy: a store that is only slow must not count as down.
    const rules = toRules("llm", { storeTimeout: { seconds: 30 } });
    const fleet = Array.from({ length: 50 }, () =>
      createCircuit("llm", rules, { table, clock, timer: systemTimer, chance: () => 0.5, owner, report: () => {} }),
    );
    const hold = { to: "forced-open", lease: { minutes: 1 }, by: "alex", why: "a test", key: "step-1" } as const;
    await forceCircuit(table, "llm", hold, clock);
    await releaseCircuit(table, "llm", { key: "step-1" }, clock);

    const ended = await Promise.all(fleet.map((circuit) => circuit.attempt(() => Promise.resolve(++calls))));

    expect(calls).toBe(1);
    expect(ended.filter(({ kind }) => kind === "done")).toHaveLength(1);
    expect(await lookAtCircuit(table, "llm", clock)).toEqual({
      generation: 4,
      state: { kind: "ramping", share: 0.01, since: startMs, opens: 0 },
    });
  });
});
