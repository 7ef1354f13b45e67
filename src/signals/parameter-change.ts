import { z } from "zod";
import { event, type FromEvent, toFromEvent } from "./event.ts";
import { defined, ifReadable } from "./if-readable.ts";

/** A parameter of Systems Manager changed: by the bot, or by somebody's hand. Its value is not told and must be looked up. */
export interface ParameterChange extends FromEvent {
  readonly kind: "parameter-change";
  readonly operation: "Create" | "Update" | "Delete" | "LabelParameterVersion";
  /** With its path: `/paramedic/level/chat`. */
  readonly name: string;
  /** `String`, `StringList` or `SecureString`. */
  readonly type?: string;
}

/**
 * `Parameter Store Change`, sent as best effort.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
 */
export const parameterChange = event
  .extend({
    detail: z.lazy(() =>
      z.object({
        operation: z.enum(["Create", "Update", "Delete", "LabelParameterVersion"]),
        // The longest name Parameter Store has, in characters of its ARN.
        name: z.string().min(1).max(1011),
        type: ifReadable(z.string().min(1).max(64)),
      }),
    ),
  })
  .transform(({ detail: said, ...rest }): ParameterChange =>
    defined({ kind: "parameter-change", ...toFromEvent(rest), ...said }),
  );
