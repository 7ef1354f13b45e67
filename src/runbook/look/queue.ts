/** A queue as it is now. SQS counts approximately: a number is right within a minute of quiet. */
export type Queue =
  | { readonly kind: "gone" }
  | {
      readonly kind: "found";
      readonly arn: string;
      /** Messages that wait to be received. */
      readonly visible: number;
      /** Messages that a worker has and has not finished. */
      readonly inFlight: number;
      /** For how long a received message is hidden from the others, in seconds. */
      readonly visibilitySeconds: number;
      /** Where a message goes that was received too often, and how often that is. */
      readonly deadLetter?: { readonly arn: string; readonly maxReceives: number };
      /** How long the oldest message has waited. Absent when CloudWatch has no recent value. */
      readonly oldestSeconds?: number;
      /** New messages a minute in each of the last minutes, at most ten, oldest first. Empty when CloudWatch has no recent value. */
      readonly sentByMinute: readonly number[];
    };

/** A move of dead letters that SQS knows of; it forgets the oldest. */
export interface MessageMove {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly state: string;
  readonly moved: number;
}

/** Queues of the account, by URL. */
export interface QueueLook {
  queue(url: string): Promise<Queue>;
  /** The last moves out of a dead-letter queue, newest first, at most ten. */
  moves(deadLettersArn: string): Promise<readonly MessageMove[]>;
}
