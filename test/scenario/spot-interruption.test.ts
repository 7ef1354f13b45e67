import { afterEach, expect, it } from "vitest";
import { take } from "../../src/engine/take.ts";
import { type Stack, interruption, seedFleet, stack, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

it("moves everything off an instance that EC2 takes back, and leaves the group at its size", async () => {
  s = stack();
  const { doomed, work, group } = seedFleet(s);
  await work();

  s.sim.spot.interrupt(doomed);
  await take(s.world, interruption(doomed, startMs));
  await s.settle(() => s.clock.now() > startMs + 400_000);

  const [incident] = await s.world.incidents.recent(10);
  console.log(JSON.stringify(incident, null, 1), await s.world.stories.read(incident?.id ?? ""), s.service.list());
  console.log(
    s.sim.calls.filter((c) => c.mutating).map((c) => `${c.at - startMs} ${c.operation} ${c.outcome} ${c.changed}`),
  );
  expect(incident?.phase).toMatchObject({ state: "closed", outcome: "healed" });
  expect(s.sim.world.groups[group.name]?.desired).toBe(4);
});
