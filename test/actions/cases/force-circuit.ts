import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { forceCircuit } from "../../../src/actions/force-circuit.ts";
import { createDynamo, reading } from "../../../src/aws/clients.ts";
import { dynamoTable } from "../../../src/aws/table.ts";
import { forceCircuit as force } from "../../../src/client/circuit/stored.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const forceCircuitCase: ActionCase = {
  action: forceCircuit,
  rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    const { name } = sim.seed.table({ name: "paramedic-test" });
    const table = dynamoTable(sim.attach(createDynamo({ ...reading, region: "us-east-2" })), name);
    const circuit = "bedrock/claude";
    const byHand = (to: "forced-open" | "forced-closed") => async () =>
      void (await force(table, circuit, { to, lease: { hours: 1 }, by: "Alex", why: "I know" }, clock));
    const kept = () => JSON.stringify(sim.world.tables[name]?.items ?? {});
    return {
      sim,
      params: { table: name, circuit, reason: "it fails" },
      lease: { minutes: 5 },
      change: { service: "dynamodb", operation: "PutItem" },
      back: { service: "dynamodb", operation: "PutItem" },
      isDone: () => kept().includes("forced-open"),
      isBack: () => !kept().includes("forced-"),
      goes: () => void delete sim.world.tables[name],
      already: byHand("forced-open"),
      half: { cannot: "one item is written whole or not" },
      theirs: byHand("forced-closed"),
      isTheirs: () => kept().includes("forced-closed") && kept().includes("Alex"),
    };
  },
};
