import { SimError } from "../error.ts";
import type { Ground } from "../ground.ts";
import type { Message, Queue } from "../world.ts";

export function queueAt(ground: Ground, url: string): Queue {
  const queue = ground.world.queues[url];
  if (!queue) throw new SimError("QueueDoesNotExist", "The specified queue does not exist.");
  return queue;
}

/** Puts a message in a queue. */
export function send(
  ground: Ground,
  queue: Queue,
  body: string,
  { delayMs = 0, attributes }: { delayMs?: number; attributes?: Message["attributes"] } = {},
): Message {
  const id = ground.uuid();
  return ground.add(queue.messages, id, {
    id,
    body,
    sentAt: ground.now(),
    receives: 0,
    visibleAt: ground.now() + delayMs,
    ...(attributes === undefined ? {} : { attributes }),
  });
}

/** A handle is good for one receive: the next receive of the same message gives another, and the old one is stale. */
export const handleOf = ({ id, receives }: Message): string => Buffer.from(`${id}#${receives}`).toString("base64url");

function byHandle(queue: Queue, handle: string): { message: Message | undefined; current: boolean } {
  const [, id = "", receives] = /^([0-9a-f-]{36})#(\d+)$/.exec(Buffer.from(handle, "base64url").toString()) ?? [];
  if (receives === undefined)
    throw new SimError("ReceiptHandleIsInvalid", `The input receipt handle "${handle}" is not a valid receipt handle.`);
  const message = queue.messages[id];
  return { message, current: message?.receives === Number(receives) };
}

export function receive(ground: Ground, queue: Queue, max: number, visibilityMs: number): Message[] {
  const now = ground.now();
  const taken: Message[] = [];
  for (const message of Object.values(queue.messages)) {
    if (taken.length === max) break;
    if (message.visibleAt > now) continue;
    if (queue.deadLetter && message.receives >= queue.deadLetter.maxReceives) {
      bury(ground, queue, message, queue.deadLetter.arn);
      continue;
    }
    ground.change(message, {
      receives: message.receives + 1,
      firstReceivedAt: message.firstReceivedAt ?? now,
      visibleAt: now + visibilityMs,
    });
    taken.push(message);
  }
  return taken;
}

/** A message received too often goes to the dead-letter queue with its id and the time it was first sent. */
function bury(ground: Ground, queue: Queue, message: Message, arn: string): void {
  const deadLetters = Object.values(ground.world.queues).find((one) => one.arn === arn);
  if (!deadLetters) return;
  ground.remove(queue.messages, message.id);
  ground.add(deadLetters.messages, message.id, { ...message, visibleAt: ground.now() });
}

export function changeVisibility(ground: Ground, queue: Queue, handle: string, seconds: number): void {
  const { message, current } = byHandle(queue, handle);
  if (!message || !current || message.visibleAt <= ground.now()) {
    throw new SimError("MessageNotInflight", "The specified message isn't in flight.");
  }
  ground.change(message, { visibleAt: ground.now() + seconds * 1000 });
}

/** Deleting with a stale handle succeeds and deletes nothing, as a standard queue may. */
export function remove(ground: Ground, queue: Queue, handle: string): void {
  const { message, current } = byHandle(queue, handle);
  if (message && current) ground.remove(queue.messages, message.id);
}

export function attributesOf(ground: Ground, queue: Queue): Record<string, string> {
  const now = ground.now();
  const messages = Object.values(queue.messages);
  const hidden = messages.filter(({ visibleAt }) => visibleAt > now);
  const delayed = hidden.filter(({ receives }) => receives === 0).length;
  return {
    QueueArn: queue.arn,
    VisibilityTimeout: String(queue.visibilityMs / 1000),
    ApproximateNumberOfMessages: String(messages.length - hidden.length),
    ApproximateNumberOfMessagesNotVisible: String(hidden.length - delayed),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    ...(queue.deadLetter
      ? {
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: queue.deadLetter.arn,
            maxReceiveCount: queue.deadLetter.maxReceives,
          }),
        }
      : {}),
  };
}
