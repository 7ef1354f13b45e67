import { GetItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { startDynamo } from "../../../local/servers.ts";
import { expiryOf, retention } from "../../../src/aws/retention.ts";
import { dynamoTable } from "../../../src/aws/table.ts";
import { isIn, readTree } from "../../repo/tree.ts";

const day = 86_400;

describe("an item of the table", () => {
  it("of every kind that is written has a time after which it goes, or is said to stay", () => {
    const source = [...readTree()].filter(([path]) => isIn(path, "src"));
    const kinds = new Set(
      source.flatMap(([, text]) => [...text.matchAll(/\bpk: [`"]([a-z-]+)[#"]/g)].map(([, kind = ""]) => kind)),
    );

    expect(kinds.size).toBeGreaterThan(10);
    expect([...kinds].filter((kind) => !(kind in retention))).toEqual([]);
    expect(Object.keys(retention).filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  it("that is an incident outlives its story, so that no episode inherits another's", () => {
    const of = (kind: string) => expiryOf(`${kind}#a`, 0)?.expiresAt ?? Infinity;
    for (const kind of ["story", "journal", "approval", "callback"])
      expect(of("incident")).toBeGreaterThan(of(kind) + 7 * day);
  });

  it("carries the time in DynamoDB, moves it with every write, and is read without it", async () => {
    const running = await startDynamo("paramedic");
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const client = new DynamoDBClient({ endpoint: running.url, region: "us-east-2", credentials });
    const table = dynamoTable(client, "paramedic");
    const key = { pk: "lock#a", sk: "lock" };
    await table.create({ ...key, body: null });
    const Key = { pk: { S: key.pk }, sk: { S: key.sk } };
    const { Item } = await client.send(new GetItemCommand({ TableName: "paramedic", Key }));

    expect(Number(Item?.expiresAt?.N) / day).toBeCloseTo(Date.now() / 1_000 / day + 3, 1);
    expect(await table.get(key)).toEqual({ ...key, version: 1, body: null });
    client.destroy();
    await running.close();
  });
});
