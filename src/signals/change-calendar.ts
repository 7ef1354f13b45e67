import { z } from "zod";
import { first } from "./first.ts";
import { arn } from "./arn.ts";
import { event, type FromEvent, toFromEvent } from "./event.ts";
import { defined, ifReadable } from "./if-readable.ts";
import { moment } from "./moment.ts";

/**
 * A change calendar opened or closed. Up to 15 minutes late, and perhaps twice: reason enough to look again at what waits for
 * it, and never a gate. Whether the bot may act is asked of Systems Manager at that moment (`ssm:GetCalendarState`).
 */
export interface ChangeCalendar extends FromEvent {
  readonly kind: "change-calendar";
  /** The ARN of its document. */
  readonly calendar: string;
  readonly state: "OPEN" | "CLOSED";
  readonly since?: number;
  /** When it changes again; absent when it is not planned to. */
  readonly until?: number;
}

/**
 * `Calendar State Change`.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
 */
export const changeCalendar = event
  .extend({
    resources: first(arn("ssm", "document")),
    detail: z.lazy(() =>
      z.object({
        state: z.enum(["OPEN", "CLOSED"]),
        atTime: ifReadable(moment),
        nextTransitionTime: ifReadable(moment),
      }),
    ),
  })
  .transform(({ resources: calendar, detail: said, ...rest }): ChangeCalendar =>
    defined({
      kind: "change-calendar",
      ...toFromEvent(rest),
      calendar,
      state: said.state,
      since: said.atTime,
      until: said.nextTransitionTime,
    }),
  );
