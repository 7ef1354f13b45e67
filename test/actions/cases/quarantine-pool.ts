import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { quarantinePool } from "../../../src/actions/quarantine-pool.ts";
import { createDynamo, reading } from "../../../src/aws/clients.ts";
import { putInQuarantine } from "../../../src/aws/quarantine.ts";
import { dynamoTable } from "../../../src/aws/table.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const quarantinePoolCase: ActionCase = {
  action: quarantinePool,
  rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    const { name } = sim.seed.table({ name: "paramedic-test" });
    const table = dynamoTable(sim.attach(createDynamo({ ...reading, region: "us-east-2" })), name);
    const pool = "spot/g5.xlarge/us-east-2a";
    const byOthers = (hours: number) => async () =>
      void (await putInQuarantine(
        table,
        pool,
        { why: "EC2 took another back", until: clock.now() + hours * 3_600_000, key: "another" },
        clock.now(),
      ));
    const kept = () => JSON.stringify(sim.world.tables[name]?.items ?? {});
    return {
      sim,
      params: { table: name, pool, instance: "i-0123456789abcdef0" },
      change: { service: "dynamodb", operation: "PutItem" },
      back: { service: "dynamodb", operation: "PutItem" },
      isDone: () => kept().includes(pool),
      isBack: () => !kept().includes(pool),
      goes: () => void delete sim.world.tables[name],
      already: byOthers(2),
      half: { cannot: "one item is written whole or not" },
      theirs: byOthers(3),
      isTheirs: () => kept().includes("another"),
    };
  },
};
