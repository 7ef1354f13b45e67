import {
  AthenaClient,
  BatchGetQueryExecutionCommand,
  GetQueryExecutionCommand,
  ListQueryExecutionsCommand,
  StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { expect, it } from "vitest";
import { given } from "./given.ts";

it("a query reads on until it is stopped, and is shown with the others of its work group", async () => {
  const { sim, clock } = given();
  const athena = sim.attach(new AthenaClient({ region: "us-east-2" }));
  const { id: QueryExecutionId } = sim.seed.query({ workGroup: "research", bytesPerSecond: 1e9 });
  clock.advance(10_000);

  const { QueryExecutionIds } = await athena.send(new ListQueryExecutionsCommand({ WorkGroup: "research" }));
  expect(QueryExecutionIds).toEqual([QueryExecutionId]);
  const { QueryExecutions } = await athena.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds }));
  expect(QueryExecutions).toMatchObject([{ Status: { State: "RUNNING" }, Statistics: { DataScannedInBytes: 1e10 } }]);

  await athena.send(new StopQueryExecutionCommand({ QueryExecutionId }));
  clock.advance(10_000);
  await athena.send(new StopQueryExecutionCommand({ QueryExecutionId }));
  expect((await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))).QueryExecution).toMatchObject({
    Status: { State: "CANCELLED" },
    Statistics: { DataScannedInBytes: 1e10 },
  });
});

it("a query that is not there is refused", async () => {
  const { sim } = given();
  const athena = sim.attach(new AthenaClient({ region: "us-east-2" }));
  await expect(athena.send(new StopQueryExecutionCommand({ QueryExecutionId: "none" }))).rejects.toMatchObject({
    name: "InvalidRequestException",
  });
});
