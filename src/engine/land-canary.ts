import type { z } from "zod";
import { change } from "../aws/table.ts";
import { landed, landedKey } from "./canary.ts";
import { haltGate } from "./gates.ts";
import type { Steps } from "./steps.ts";
import type { World } from "./world.ts";

export type Landed = z.infer<typeof landed>;

/** What canaries are about, as far as halts are concerned: nothing that anybody has. */
const scope = "canary/itself";

/**
 * The remediation of nothing: an execution that is begun, recorded, put to sleep and woken, passes the gate before every
 * change, and then acts on an item of its own. It tests the gate as well: a halt that is made up for it must close it.
 * A halt of people closes it, too, and then it does nothing, as it should.
 */
export async function landCanary(world: World, steps: Steps, sentAt: number): Promise<Landed> {
  const drill = { by: "the canary", why: "a drill", scope };
  const halts = async () => [...(await world.halts()), drill];
  const heeded = await steps.atLeastOnce("heed a halt", async () => !(await haltGate({ halts }, [scope])).open);
  await steps.sleep("let time pass", 1_000);
  return await steps.atLeastOnce("act", async () => {
    const end = (await haltGate(world, [scope])).open ? "acted" : "held";
    const body: Landed = { sentAt, heeded, end };
    await change(world.table, landedKey, landed, (was) => (was && was.sentAt >= sentAt ? undefined : { body }));
    return body;
  });
}
