import { z } from "zod";
import { change, readBody, type Table } from "../aws/table.ts";
import type { Duration } from "../clock.ts";

/** The latest lengths of each action, oldest first, in milliseconds. */
const record = z.record(z.string(), z.array(z.number()));

const key = { pk: "durations", sk: "actions" };

/** So few that it follows a service that has become slower within a day, so many that one hiccup is not the rule. */
const remembered = 20;

/** How long actions have taken here. A plan with a deadline is made by these, and by what the action says until there are any. */
export interface Durations {
  /** Answers for an action: nine of ten of its latest runs took no longer. `undefined` when it has not been run yet. */
  usual(): Promise<(action: string) => Duration | undefined>;
  note(taken: readonly { readonly action: string; readonly ms: number }[]): Promise<void>;
}

export function createDurations(table: Table): Durations {
  return {
    async usual() {
      const item = await table.get(key);
      const known = item ? readBody(item, record) : {};
      return (action) => {
        const sorted = known[action]?.toSorted((a, b) => a - b);
        const ms = sorted?.[Math.ceil(sorted.length * 0.9) - 1];
        return ms === undefined ? undefined : { seconds: ms / 1000 };
      };
    },
    async note(taken) {
      if (taken.length === 0) return;
      await change(table, key, record, (was = {}) => {
        const body = { ...was };
        for (const { action, ms } of taken) body[action] = [...(body[action] ?? []), ms].slice(-remembered);
        return { body };
      });
    },
  };
}
