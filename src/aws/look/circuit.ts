import { lookAtCircuit } from "../../client/circuit/stored.ts";
import type { CircuitLook } from "../../runbook/look/circuit.ts";
import { dynamoTable, tableNameOf } from "../table.ts";
import type { Needs } from "./needs.ts";

export const circuitLookPermissions = ["dynamodb:GetItem"] as const;

/** Circuits as the bot's own table has them, where workloads keep them. */
export function circuitLook({ aws, settings, clock }: Needs): CircuitLook {
  const name = tableNameOf(settings.stage);
  const table = dynamoTable(aws.dynamodb, name);
  return {
    async circuit(circuit) {
      const { state } = await lookAtCircuit(table, circuit, clock);
      return { table: name, state, at: clock.now() };
    },
  };
}
