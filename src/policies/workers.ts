/** The work in a queue and who is there to do it. */
export interface Work {
  /** Messages that wait, and messages that a worker has. Nobody knows how far those are, so they count whole. */
  readonly waiting: number;
  readonly inFlight: number;
  /** New ones a second, for as long as it takes. */
  readonly arrivalsPerSecond: number;
  /** How long a worker is busy with one, and how many it has at once. */
  readonly secondsPerMessage: number;
  readonly atOnce: number;
  /** How long a message may wait. */
  readonly waitSeconds: number;
  /** From asking for a worker until it works. */
  readonly launchSeconds: number;
  /** Workers there are or have been asked for. */
  readonly present: number;
  /** However much there is to do, no more than this. */
  readonly max: number;
}

/** How many workers there should be, never fewer than there are, and the numbers that say so. */
export interface Wanted {
  readonly workers: number;
  readonly why: string;
}

/**
 * How many workers it takes to get through the queue within the time that a message may wait.
 *
 * Those who are there work all of that time, new ones only what their launch leaves of it. A time too short for a launch
 * is stretched to twice the launch: a worker that starts for longer than it then works is not worth asking for. No more
 * are asked for than there are messages to take. Less work never asks for more workers, and nobody is sent home: that is
 * left to the end of the lease, when nothing is in flight. Pure.
 *
 * It is AWS's "acceptable backlog per instance" (longest latency ÷ time per message), with the launch and the arrivals counted in.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html
 */
export function workersFor(work: Work): Wanted {
  const { waiting, inFlight, arrivalsPerSecond, secondsPerMessage, atOnce, launchSeconds, present, max } = work;
  const horizon = Math.max(work.waitSeconds, 2 * launchSeconds);
  const messages = waiting + inFlight + arrivalsPerSecond * horizon;
  const workSeconds = (messages * secondsPerMessage) / atOnce;
  const missing = Math.max(0, Math.ceil((workSeconds - present * horizon) / (horizon - launchSeconds)));
  // Somebody has to be there for the first message, and nobody for the one that does not come.
  const some = waiting > 0 ? 1 : 0;
  const useful = Math.ceil(messages / atOnce);
  const workers = Math.max(present, Math.min(max, useful, Math.max(some, present + missing)));
  const why =
    `about ${Number(messages.toPrecision(1))} messages to do in ${Math.round(horizon / 60)} min at ${secondsPerMessage} s each` +
    `${atOnce > 1 ? `, ${atOnce} at once` : ""}; a worker takes ${Math.round(launchSeconds / 60)} min to start`;
  return { workers, why };
}

/**
 * How many workers get through the queue within the time that a message may wait, once they are there: for saying when
 * more of them are no longer needed, or not enough. None are needed only where there is nothing to do. Pure.
 */
export function workersThatSuffice({
  waiting,
  inFlight,
  arrivalsPerSecond,
  secondsPerMessage,
  atOnce,
  waitSeconds,
}: Omit<Work, "launchSeconds" | "present" | "max">): number {
  if (waiting + inFlight === 0) return 0;
  // A time to wait that is shorter than a message takes is too short for anybody.
  const horizon = Math.max(waitSeconds, secondsPerMessage);
  const messages = waiting + inFlight + arrivalsPerSecond * horizon;
  return Math.ceil((messages * secondsPerMessage) / (atOnce * horizon));
}
