import { z } from "zod";
import { isQuarantinedBy, putInQuarantine, release } from "../aws/quarantine.ts";
import { dynamoTable } from "../aws/table.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

/**
 * How long a pool that EC2 takes instances back from is not asked for new ones. Interruptions come in bursts; after an hour
 * the pool is as good as any other.
 */
const quarantineMs = 3_600_000;

/**
 * Remembers that EC2 takes instances of a pool back, so that plans launch elsewhere for an hour. It ends by itself.
 *
 * A pool is a market, an instance type and a zone. Whoever plans a launch looks at `look.quarantined()`.
 */
export const quarantinePool = defineAction({
  id: "pool.quarantine",
  summary: ({ pool }) => `launch nothing in ${pool} for an hour`,
  params: z.object({ table: z.string(), pool: z.string(), instance: z.string() }),
  permissions: ["dynamodb:GetItem", "dynamodb:PutItem"],
  // Not the pool: two instances of one pool can be looked after at the same time.
  touches: ({ instance }) => [resource.instance(instance)],
  takes: { seconds: 1 },
  do: async ({ params: { table, pool, instance }, aws, key, now }) =>
    await putInQuarantine(
      dynamoTable(aws.dynamodb, table),
      pool,
      { why: `EC2 took ${instance} back`, until: now + quarantineMs, key },
      now,
    ),
  probe: async ({ params: { table, pool }, aws, key }) =>
    (await isQuarantinedBy(dynamoTable(aws.dynamodb, table), pool, key))
      ? { applied: true, out: { added: true } }
      : { applied: false },
  undo: ({ params: { table, pool }, aws, key }) => release(dynamoTable(aws.dynamodb, table), pool, key),
});
