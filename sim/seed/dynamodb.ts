import type { Ground } from "../ground.ts";
import type { DynamoTable } from "../world/dynamodb.ts";

export function dynamoSeeds(ground: Ground) {
  return {
    /** An empty table with the keys that Paramedic's own has. */
    table({ name, key = ["pk", "sk"] }: { name: string; key?: readonly string[] }): DynamoTable {
      return ground.add<DynamoTable>(ground.world.tables, name, { name, key: [...key], items: {} });
    },
  };
}
