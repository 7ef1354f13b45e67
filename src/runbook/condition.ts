import type { z } from "zod";
import { BotError } from "../bot-error.ts";
import type { Json } from "../json.ts";
import type { Look } from "./look.ts";

/** What a look at a condition gave: whether it holds, and what was seen, in words people read. */
export interface Seen {
  readonly holds: boolean;
  readonly saw: string;
}

/** A question about the world that a plan can wait for or stop at. Defined once, used as data. */
export interface ConditionDefinition<Id extends string = string, Params extends z.ZodType = z.ZodType> {
  readonly id: Id;
  readonly params: Params;
  readonly permissions: readonly string[];
  readonly summary: (params: z.output<Params>) => string;
  /** Read-only. Insufficient evidence is an answer: `{ holds: false, saw: "no data since 10:42" }`. */
  readonly holds: (tools: { params: z.output<Params>; look: Look }) => Promise<Seen>;
}

/** A condition in a plan: pure data. */
export interface ConditionRef<Id extends string = string> {
  readonly condition: Id;
  readonly params: Json;
}

export interface Condition<Id extends string = string, Params extends z.ZodType = z.ZodType> {
  (params: z.input<Params>): ConditionRef<Id>;
  readonly kind: "condition";
  readonly id: Id;
  readonly definition: ConditionDefinition<Id, Params>;
}

/** Defines a condition. @throws BotError `bad_plan` when put into a plan with parameters its schema refuses. */
export function defineCondition<const Id extends string, Params extends z.ZodType>(
  definition: ConditionDefinition<Id, Params>,
): Condition<Id, Params> {
  const ask = (given: z.input<Params>): ConditionRef<Id> => {
    const read = definition.params.safeParse(given);
    if (!read.success) {
      throw new BotError("bad_plan", `asking ${definition.id}: ${read.error.issues[0]?.message}`, {
        cause: read.error,
        condition: definition.id,
      });
    }
    return { condition: definition.id, params: read.data as Json };
  };
  return Object.assign(ask, { kind: "condition" as const, id: definition.id, definition });
}
