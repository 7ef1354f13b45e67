import { GetQueryExecutionCommand, StopQueryExecutionCommand } from "@aws-sdk/client-athena";
import { z } from "zod";
import type { Aws } from "../aws/clients.ts";
import { defineAction, nothingToUndo } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

async function goesOn(aws: Aws, QueryExecutionId: string): Promise<boolean> {
  const { QueryExecution } = await aws.athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
  return ["QUEUED", "RUNNING"].includes(QueryExecution?.Status?.State ?? "");
}

/**
 * Stops an Athena query. What it has read by then is paid all the same.
 *
 * What Athena answers for a query that has ended is not documented: one that is seen to have ended is not stopped again.
 */
export const stopQuery = defineAction({
  id: "athena.stop-query",
  summary: ({ query, workGroup }) => `stop query ${query} of work group ${workGroup}`,
  params: z.object({ query: z.string(), workGroup: z.string() }),
  permissions: ["athena:GetQueryExecution", "athena:StopQueryExecution"],
  touches: ({ query }) => [resource.query(query)],
  do: async ({ params: { query }, aws }) => {
    if (!(await goesOn(aws, query))) return { stopped: false };
    await aws.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: query }));
    return { stopped: true };
  },
  probe: async ({ params, aws }) =>
    (await goesOn(aws, params.query)) ? { applied: false } : { applied: true, out: { stopped: true } },
  undo: nothingToUndo("a query reads only, and whoever needs its answer can run it again"),
  verify: {
    within: { minutes: 1 },
    every: { seconds: 5 },
    holds: async ({ params, aws }) => !(await goesOn(aws, params.query)),
  },
});
