import { describe, expect, it } from "vitest";
import { createInFlight } from "../../../src/aws/in-flight.ts";
import { givenWorkload } from "./given.ts";

const queueUrl = "https://sqs.us-east-2.amazonaws.com/123456789012/jobs";
const message = (id: string) => ({ MessageId: id, ReceiptHandle: `receipt of ${id}` });

function given() {
  const world = givenWorkload();
  const queue = world.process().inFlight(queueUrl, { visibility: { minutes: 15 } });
  const ledger = createInFlight(world.table);
  return { ...world, queue, inHand: async () => (await ledger.on("i-1", world.clock.now())).map((m) => m.messageId) };
}

describe("a message in a worker's hands", () => {
  it("is in the ledger while the work lasts, as long as the queue hides it", async () => {
    const { queue, inHand, advance } = given();

    const seen = await queue.while(message("a"), async () => {
      expect(await inHand()).toEqual(["a"]);
      await advance(15 * 60_000 - 1);
      expect(await inHand()).toEqual(["a"]);
      await advance(1);
      return inHand();
    });

    expect(seen).toEqual([]);
    expect(await inHand()).toEqual([]);
  });

  it("is struck out when the work fails, and the failure is thrown on", async () => {
    const { queue, inHand } = given();

    await expect(queue.while(message("a"), () => Promise.reject(new Error("out of memory")))).rejects.toThrow(
      "out of memory",
    );
    expect(await inHand()).toEqual([]);
  });

  it("is one of many that an instance's workers take and finish at the same time", async () => {
    const { queue, inHand, process } = given();
    const other = process().inFlight(queueUrl);

    await Promise.all(["a", "b", "c", "d"].map((id, i) => (i % 2 ? queue : other).take(message(id))));
    expect((await inHand()).sort()).toEqual(["a", "b", "c", "d"]);
    await Promise.all(["b", "c"].map((id) => other.finish(message(id))));

    expect((await inHand()).sort()).toEqual(["a", "d"]);
  });

  it.each(["failing", "hanging"] as const)("is worked on all the same while the ledger is %s", async (mood) => {
    const { queue, table, ended, ofKind } = given();
    table.is(mood);

    expect(await ended(queue.while(message("a"), () => Promise.resolve("done")))).toBe("done");
    expect(ofKind("store-failed").map(({ doing }) => doing)).toEqual(["writing down a", "striking out a"]);
  });

  it("is not written down where no instance can be taken back", async () => {
    const { table, process } = givenWorkload();
    const { inFlight } = process();
    await inFlight(queueUrl).take({ MessageId: "a" });
    await inFlight(queueUrl).take({});

    expect(table.asked.writes).toBe(0);
  });
});
