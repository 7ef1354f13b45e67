import type {
  BatchGetQueryExecutionOutput,
  GetQueryExecutionOutput,
  ListQueryExecutionsOutput,
  QueryExecution,
} from "@aws-sdk/client-athena";
import { z } from "zod";
import { SimError } from "../error.ts";
import type { Ground } from "../ground.ts";
import { acts, page, reads, wording } from "../operation.ts";
import type { SimulatedService } from "../operation.ts";
import type { Query } from "../world/athena.ts";

const goesOn = ({ state }: Query): boolean => state === "QUEUED" || state === "RUNNING";

function queryOf(ground: Ground, id: string): Query {
  const found = ground.world.queries[id];
  if (found) return found;
  throw new SimError("InvalidRequestException", `QueryExecution ${id} was not found`);
}

/** What a query has read by now. */
function scanned(ground: Ground, { state, submittedAt, scannedBytes, bytesPerSecond }: Query): number {
  const seconds = state === "RUNNING" ? (ground.now() - submittedAt) / 1000 : 0;
  return Math.round(scannedBytes + seconds * bytesPerSecond);
}

function described(ground: Ground, query: Query): QueryExecution {
  const { id, workGroup, state, submittedAt, endedAt } = query;
  return {
    QueryExecutionId: id,
    Query: "SELECT 1",
    StatementType: "DML",
    WorkGroup: workGroup,
    Status: {
      State: state,
      SubmissionDateTime: new Date(submittedAt),
      ...(endedAt !== undefined && { CompletionDateTime: new Date(endedAt) }),
    },
    Statistics: { DataScannedInBytes: scanned(ground, query) },
  };
}

/**
 * Queries that run until they are stopped.
 *
 * Stopping one that has ended is answered well and changes nothing. AWS does not say what it does then: only a real account
 * can settle it, so nothing here may rely on it.
 */
export const athena: SimulatedService = {
  name: "athena",
  target: "AmazonAthena",
  wording: wording({
    throttled: "TooManyRequestsException",
    denied: "AccessDeniedException",
    broken: "InternalServerException",
    invalid: "InvalidRequestException",
  }),
  operations: {
    GetQueryExecution: reads(
      z.strictObject({ QueryExecutionId: z.string() }),
      (ground, { QueryExecutionId }): GetQueryExecutionOutput => ({
        QueryExecution: described(ground, queryOf(ground, QueryExecutionId)),
      }),
    ),
    BatchGetQueryExecution: reads(
      z.strictObject({ QueryExecutionIds: z.array(z.string()).min(1).max(50) }),
      (ground, { QueryExecutionIds }): BatchGetQueryExecutionOutput => ({
        QueryExecutions: QueryExecutionIds.flatMap((id) => ground.world.queries[id] ?? []).map((query) =>
          described(ground, query),
        ),
        UnprocessedQueryExecutionIds: QueryExecutionIds.filter((id) => !(id in ground.world.queries)).map(
          (QueryExecutionId) => ({ QueryExecutionId, ErrorCode: "INVALID_QUERY_EXECUTION_ID" }),
        ),
      }),
    ),
    ListQueryExecutions: reads(
      z.strictObject({
        WorkGroup: z.string().default("primary"),
        MaxResults: z.int().min(0).max(50).default(50),
        NextToken: z.string().optional(),
      }),
      (ground, { WorkGroup, MaxResults, NextToken }): ListQueryExecutionsOutput => {
        // Newest first, the ended ones of the last 45 days among them.
        const all = Object.values(ground.world.queries)
          .filter(({ workGroup }) => workGroup === WorkGroup)
          .toSorted((a, b) => b.submittedAt - a.submittedAt);
        const { items, next } = page(all, MaxResults, NextToken);
        return { QueryExecutionIds: items.map(({ id }) => id), ...(next !== undefined && { NextToken: next }) };
      },
    ),
    StopQueryExecution: acts(z.strictObject({ QueryExecutionId: z.string() }), (ground, { QueryExecutionId }) => {
      const query = queryOf(ground, QueryExecutionId);
      if (goesOn(query))
        ground.change(query, {
          state: "CANCELLED",
          scannedBytes: scanned(ground, query),
          endedAt: ground.now(),
        });
      return {};
    }),
  },
};
