/** What somebody spends now. `unmeasured`: nothing was ever counted, so nobody knows. */
export type Spending = {
  /** As the settings call it. */
  readonly spender: string;
  readonly plannedUsdPerHour: number;
} & (
  | { readonly kind: "unmeasured"; readonly why: string }
  | {
      readonly kind: "measured";
      /** At the rate of the last five minutes. */
      readonly usdPerHour: number;
      /** At the rate of the last half minute, or of the last report where those come more seldom. 0 when nothing was reported lately. */
      readonly latelyUsdPerHour: number;
    }
);

/** By what a spender can be held back and stopped. */
export interface Handles {
  /** A Lambda function, and how many of it may run at once while it is held back. */
  readonly function?: { readonly name: string; readonly heldTo: number };
  /** An event source mapping, by UUID, and whether it reads from a queue of SQS: only such a one can be slowed. */
  readonly eventSource?: { readonly id: string; readonly isQueue: boolean };
  /** Athena queries that run now, the oldest first. */
  readonly queries: readonly { readonly id: string; readonly workGroup: string }[];
  /** Batch jobs that run now, the oldest first. */
  readonly jobs: readonly { readonly id: string; readonly name: string }[];
}

/** What services spend, and who. */
export interface SpendLook {
  /** Everybody who spends for a service, in the order of the settings. `account` is that of the samples: the signal's. */
  spending(service: string, account: string): Promise<readonly Spending[]>;
  /** @throws BotError `bad_setting` when the settings do not name this spender. */
  handlesOf(service: string, spender: string): Promise<Handles>;
}
