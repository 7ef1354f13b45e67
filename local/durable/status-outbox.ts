import type { Ledger } from "./ledger.ts";
import type { Log } from "./log.ts";
import { toErrorObject } from "./sandbox.ts";
import { type StatusChangeEvent, statusChangeEvent } from "./status-event.ts";
import type { KeptStatusEvent } from "./store.ts";

export type OnStatusChange = (event: StatusChangeEvent) => void | Promise<void>;

/** As EventBridge: at least once, again and again for 24 hours, then dropped with a word. */
const delivery = { firstMs: 1_000, mostMs: 60_000, untilMs: 24 * 3_600_000 };

/** Brings status changes to whoever listens, and forgets each only when it was taken. */
export class StatusOutbox {
  readonly #ledger: Ledger;
  readonly #listener: OnStatusChange;
  readonly #log: Log;

  constructor(ledger: Ledger, listener: OnStatusChange, log: Log) {
    this.#ledger = ledger;
    this.#listener = listener;
    this.#log = log;
  }

  async deliver({ id, at, failures, body }: KeptStatusEvent): Promise<void> {
    const { store } = this.#ledger;
    try {
      await this.#listener(statusChangeEvent.parse(JSON.parse(body)));
      store.removeStatusEvent(id);
    } catch (error) {
      const due = this.#ledger.now() + Math.min(delivery.firstMs * 2 ** failures, delivery.mostMs);
      const isOver = due > at + delivery.untilMs;
      const message = `a status change was not taken${isOver ? " for a day and is dropped" : ""}`;
      this.#log({ level: isOver ? "error" : "warn", message, id, body, error: toErrorObject(error) });
      if (isOver) store.removeStatusEvent(id);
      else store.patchStatusEvent(id, { due, failures: failures + 1 });
    }
  }
}
