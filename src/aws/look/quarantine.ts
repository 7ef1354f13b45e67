import type { QuarantineLook } from "../../runbook/look/quarantine.ts";
import { quarantined } from "../quarantine.ts";
import { dynamoTable, tableNameOf } from "../table.ts";
import { isNamed } from "../failure.ts";
import type { Needs } from "./needs.ts";

export const quarantineLookPermissions = ["dynamodb:GetItem"] as const;

/** Pools in quarantine, as the bot's own table has them. */
export function quarantineLook({ aws, settings, clock }: Needs): QuarantineLook {
  const table = tableNameOf(settings.stage);
  return {
    async quarantined() {
      try {
        return { table, pools: await quarantined(dynamoTable(aws.dynamodb, table), clock.now()) };
      } catch (error) {
        // Where the bot is not deployed, as in a rehearsal, nothing is in quarantine.
        if (isNamed(error, "ResourceNotFoundException")) return { table, pools: new Map() };
        throw error;
      }
    },
  };
}
