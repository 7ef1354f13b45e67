import { z } from "zod";
import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { releaseMessages } from "../../../src/actions/release-messages.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

const received = z.object({ Messages: z.array(z.object({ MessageId: z.string(), ReceiptHandle: z.string() })) });

export const releaseMessagesCase: ActionCase = {
  action: releaseMessages,
  async rehearse() {
    const sim = createSim({ clock: new VirtualClock(startMs), seed: 1 });
    const { url } = sim.seed.queue({ name: "jobs", visibilitySeconds: 900, messages: ["a", "b", "c"] });
    const input = { QueueUrl: url, MaxNumberOfMessages: 3 };
    const { Messages } = received.parse(await sim.call("sqs", "ReceiveMessage", input));
    const messages = Messages.map(({ MessageId, ReceiptHandle }) => ({ id: MessageId, receiptHandle: ReceiptHandle }));
    const finish = async (count: number) => {
      for (const { receiptHandle } of messages.slice(0, count))
        await sim.call("sqs", "DeleteMessage", { QueueUrl: url, ReceiptHandle: receiptHandle });
    };
    const waiting = () => Object.values(sim.world.queues[url]?.messages ?? {});
    const isVisible = ({ visibleAt }: { visibleAt: number }) => visibleAt <= sim.clock.now();
    return {
      sim,
      params: { instance: "i-0123456789abcdef0", queueUrl: url, messages },
      change: { service: "sqs", operation: "ChangeMessageVisibilityBatch" },
      isDone: () => waiting().every(isVisible),
      isBack: () => !waiting().some(isVisible),
      goes: () => void delete sim.world.queues[url],
      already: () => finish(3),
      half: () => finish(1),
      theirs: { cannot: "there is no undo that could meet it" },
      isTheirs: () => true,
    };
  },
};
