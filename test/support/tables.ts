import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { startDynamo } from "../../local/servers.ts";
import { memoryTable } from "../../sim/memory-table.ts";
import { dynamoTable, type Table } from "../../src/aws/table.ts";

/** A table to test on, and how to get rid of it. */
export interface GivenTable {
  readonly table: Table;
  close(): Promise<void>;
}

export const givenMemory = (): Promise<GivenTable> =>
  Promise.resolve({ table: memoryTable(), close: () => Promise.resolve() });

/** The production table class, against a DynamoDB that speaks the real protocol on a free port. */
export async function givenDynamo(): Promise<GivenTable> {
  const running = await startDynamo("paramedic");
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ endpoint: running.url, region: "us-east-2", credentials });
  return {
    table: dynamoTable(client, "paramedic"),
    async close() {
      client.destroy();
      await running.close();
    },
  };
}
