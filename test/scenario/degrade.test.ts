import { afterEach, expect, it } from "vitest";
import { take } from "../../src/engine/take.ts";
import { alarm, chatLatency, type Stack, stack, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

it("first look", async () => {
  s = stack({ people: () => ({ verdict: "approved", after: { minutes: 1 } }) });
  chatLatency(s, [{ minutes: -2 }, 2_400], [{ minutes: 2 }, 800]);
  await take(s.world, alarm(startMs));
  await s.runTo({ minutes: 60 });
  const [incident] = await s.world.incidents.recent(10);
  console.log(
    JSON.stringify(incident),
    (await s.world.stories.read(incident?.id ?? "")).map((l) => l.text),
    s.service.list(),
  );
  console.log(
    s.sim.calls
      .filter((c) => c.mutating)
      .map((c) => `${c.at - startMs} ${c.operation} ${c.outcome} ${c.changed} ${JSON.stringify(c.input)}`),
  );
  expect(incident?.phase).toMatchObject({ state: "closed", outcome: "healed" });
});
