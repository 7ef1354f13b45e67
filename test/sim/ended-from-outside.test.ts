import { describe, expect, it } from "vitest";
import { memoryTable } from "../../sim/memory-table.ts";
import type { Item, Table } from "../../src/aws/table.ts";
import { standing } from "../../src/engine/journal.ts";
import { changed, degradeEpisode, type Episode, promisesKept, spotEpisode } from "../support/episodes.ts";
import type { OnTouch } from "../support/sandbox.ts";
import { atEach } from "../support/side-by-side.ts";
import { type Stack, stack, type StackOptions } from "../support/stack.ts";

const approving = { people: () => ({ verdict: "approved" as const, after: { minutes: 1 } }) };

/** Every how many touches of the world an execution is stopped, by default; 1 with `PARAMEDIC_RUNS`, for a night. */
const every = process.env["PARAMEDIC_RUNS"] ? 1 : 5;

async function begin(episode: Episode, options: StackOptions, prepare: (s: Stack) => void = () => {}): Promise<Stack> {
  const s = stack({ ...approving, ...options });
  prepare(s);
  await episode.begin(s);
  await s.runTo({ hours: 3 });
  return s;
}

/** What must hold after an execution was ended: nothing of its changes is left unsettled, and people know. */
async function takenBack(s: Stack, episode: Episode): Promise<void> {
  const { id, phase } = await promisesKept(s, episode);
  const [ended] = s.service.list();
  if (ended?.status === "SUCCEEDED" || phase.state !== "closed") return;
  const isOver = ["healed", "refused", "skipped", "expired"].includes(phase.outcome);
  if (isOver) return;
  expect(["undone", "escalated"]).toContain(phase.outcome);
  expect(standing(await s.world.journal.read(id))).toEqual([]);
  expect(s.pages.length).toBeGreaterThan(0);
}

describe.each([spotEpisode, degradeEpisode])("$runbook", (episode) => {
  it("that is stopped after any checkpoint is settled by watch", async () => {
    let checkpoints = 0;
    const quiet = await begin(episode, {}, ({ service }) => {
      service.faults.beforeCheckpoint = () => void (checkpoints += 1);
    });
    quiet.close();
    await atEach(
      Array.from({ length: checkpoints }, (_, i) => i + 1),
      async (at) => {
        const s = await begin(episode, {}, ({ service }) => {
          service.faults.afterCheckpoint = ({ ordinal, name }) => {
            if (ordinal === at) service.stop(name);
            return undefined;
          };
        });
        await takenBack(s, episode);
        s.close();
      },
    );
  });

  it("that is stopped in the middle of a step, and whose sandbox goes on to the end of it, is settled by watch", async () => {
    let touches = 0;
    const quiet = await begin(episode, { onTouch: ({ when }) => void (touches += when === "before" ? 1 : 0) });
    quiet.close();
    await atEach(
      Array.from({ length: Math.floor(touches / every) }, (_, i) => 1 + i * every),
      async (at) => {
        let stop: (execution: string) => void = () => {};
        const onTouch: OnTouch = ({ ordinal, when, execution }) => {
          if (ordinal === at && when === (at % 2 === 0 ? "before" : "after")) stop(execution);
          return undefined;
        };
        const s = await begin(episode, { onTouch }, ({ service }) => {
          stop = (execution) => void service.stop(execution);
        });
        await takenBack(s, episode);
        s.close();
      },
    );
  });

  it("whose store stays away longer than a step is tried again is settled when it is back", async () => {
    const kinds = ["limit#", "lock#", "incident#", "story#", "journal#"];
    await atEach(
      [
        ...kinds.flatMap((kind) => [1, 2, 3, 5, 8].map((from) => ({ kind, from }))),
        // The second write of a question is a person's answer, and it is the person who is told that it failed.
        { kind: "approval#", from: 1 },
      ],
      async ({ kind, from }) => {
        let s: Stack | undefined;
        const isDown = () => s?.service.list()[0]?.status === "RUNNING";
        s = stack({ ...approving, table: failing(kind, from, isDown) });
        await episode.begin(s);
        await s.runTo({ hours: 3 });
        await takenBack(s, episode);
        s.close();
      },
    );
  });
});

/** A table that fails every write to items of one kind, from the write of this number on, for as long as it is down. */
function failing(kind: string, from: number, isDown: () => boolean): Table {
  const table = memoryTable();
  let writes = 0;
  const may =
    <A extends { pk: string }, R>(write: (item: A) => Promise<R>) =>
    (item: A): Promise<R> =>
      item.pk.startsWith(kind) && ++writes >= from && isDown()
        ? Promise.reject(new TypeError("socket hang up"))
        : write(item);
  return { ...table, create: may((item) => table.create(item)), replace: may((item: Item) => table.replace(item)) };
}

describe("degrade that outlives its execution timeout", () => {
  it.each([
    ["while people think", { seconds: 50 }, "escalated", []],
    ["while it waits for the service to recover", { seconds: 80 }, "undone", ["PutParameter", "PutParameter"]],
    ["while it holds the level", { minutes: 20 }, "undone", ["PutParameter", "PutParameter"]],
  ] as const)("%s is taken back", async (_, executionTimeout, outcome, changes) => {
    const s = await begin(degradeEpisode, { executionTimeout });
    expect(s.service.list().map(({ status }) => status)).toEqual(["TIMED_OUT", "SUCCEEDED"]);
    await takenBack(s, degradeEpisode);
    const [incident] = await s.world.incidents.recent(1);
    expect(incident?.phase).toMatchObject({ outcome });
    expect(changed(s)).toEqual(changes);
    // The question is withdrawn with it: nobody approves what no longer runs.
    const [asked] = s.asked;
    if (changes.length === 0) expect(await s.world.approvals.get(asked?.id ?? "")).toMatchObject({ withdrawn: true });
    s.close();
  });
});

it("gives up after three failed tries of taking back, pages, and frees what it held", async () => {
  let isBroken = false;
  const table = memoryTable();
  const s = stack({
    ...approving,
    table: {
      ...table,
      get: (key) =>
        isBroken && key.pk.startsWith("journal#") ? Promise.reject(new TypeError("boom")) : table.get(key),
    },
  });
  await degradeEpisode.begin(s);
  await s.runTo({ minutes: 10 });
  isBroken = true;
  const [running] = s.service.list();
  s.service.stop(running?.name ?? "");
  await s.runTo({ hours: 3 });

  expect(s.service.list().map(({ status }) => status)).toEqual(["STOPPED", "FAILED", "FAILED", "FAILED"]);
  const [incident] = await s.world.incidents.recent(1);
  expect(incident?.phase).toMatchObject({ state: "closed", outcome: "escalated" });
  expect(await s.world.ledger.lock(["service/chat"], "somebody-else", s.clock.now() + 1)).toEqual({ granted: true });
  expect(s.pages.at(-1)).toContain("people have to look");
  expect(await s.world.look.level("chat")).toBe("full");
  s.close();
});
