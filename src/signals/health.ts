import { z } from "zod";
import { arn, nameIn } from "./arn.ts";
import { event, type FromEvent, sentence, toFromEvent, word } from "./event.ts";
import { defined, eachReadable, ifReadable } from "./if-readable.ts";
import { numberText } from "./number-text.ts";
import { rfc1123 } from "./rfc1123.ts";

/** AWS Health says something about a service, or about what an account has in it. */
export interface Health extends FromEvent {
  readonly kind: "health";
  /**
   * The same for every copy of one message to one account: AWS sends each to a second region too, under another `eventId`.
   * Pages of one message share it.
   */
  readonly message: string;
  /** The copy from the second region. It comes without the primary only if that one is late. */
  readonly backup: boolean;
  /** From 1. Entities are spread over the pages, which come in any order. */
  readonly page: number;
  readonly pages: number;
  /** `EC2`, `ECS` and so on. */
  readonly service: string;
  /** `AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED` and so on: what a runbook answers to. */
  readonly type: string;
  readonly category: string;
  /** It is about AWS, not about what this account has. */
  readonly isPublic: boolean;
  /** The account it is about. `account` may be that of the organisation, which is told too. */
  readonly affectedAccount: string;
  /** Where it happens. The event itself may come from another region. */
  readonly affectedRegion?: string;
  /** Not to be waited for: it may say `open` while `description` says that it is over. */
  readonly status?: string;
  readonly startsAt?: number;
  readonly endsAt?: number;
  readonly updatedAt?: number;
  /** Absent from older events. */
  readonly actionability?: "ACTION_REQUIRED" | "ACTION_MAY_BE_REQUIRED" | "INFORMATIONAL";
  /** For whom: `operations`, `security`, `billing`. */
  readonly personas: readonly string[];
  readonly entities: readonly HealthEntity[];
  readonly description: string;
}

export interface HealthEntity {
  /** The bare id or name: `i-1234567890abcdef0`. Health writes that or an ARN. */
  readonly id: string;
  readonly arn?: string;
  readonly status?: string;
}

const entity = z.lazy(() =>
  z
    .object({ entityValue: z.string().min(1).max(2048), status: ifReadable(word) })
    .transform(({ entityValue: value, status }): HealthEntity =>
      defined({ id: nameIn(value) || value, arn: value.startsWith("arn:") ? value : undefined, status }),
    ),
);

const page = numberText.pipe(z.int().positive()).catch(1);

const detail = z.lazy(() =>
  z.object({
    service: word,
    eventTypeCode: word,
    eventTypeCategory: word,
    eventScopeCode: word,
    eventArn: arn("health"),
    communicationId: ifReadable(word),
    affectedAccount: ifReadable(word),
    eventRegion: ifReadable(word),
    statusCode: ifReadable(word),
    startTime: ifReadable(rfc1123),
    endTime: ifReadable(rfc1123),
    lastUpdatedTime: ifReadable(rfc1123),
    actionability: ifReadable(z.enum(["ACTION_REQUIRED", "ACTION_MAY_BE_REQUIRED", "INFORMATIONAL"])),
    personas: eachReadable(word),
    affectedEntities: eachReadable(entity),
    eventDescription: eachReadable(z.object({ latestDescription: sentence })),
    page,
    totalPages: page,
    // A text in events, "true" or "false"; what is neither is taken for the primary, for a message must not be lost.
    backupEvent: z
      .literal([true, "true"])
      .transform(() => true)
      .catch(false),
  }),
);

/**
 * `AWS Health Event`. Numbers and truths are written as text, times as in an e-mail.
 *
 * @see https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
 */
export const health = event.extend({ detail }).transform(({ detail: said, ...rest }): Health => {
  const affectedAccount = said.affectedAccount ?? rest.account;
  return defined({
    kind: "health",
    ...toFromEvent(rest),
    message: `${said.communicationId ?? said.eventArn}/${affectedAccount}`,
    backup: said.backupEvent,
    page: said.page,
    pages: said.totalPages,
    service: said.service,
    type: said.eventTypeCode,
    category: said.eventTypeCategory,
    isPublic: said.eventScopeCode === "PUBLIC",
    affectedAccount,
    affectedRegion: said.eventRegion,
    status: said.statusCode,
    startsAt: said.startTime,
    endsAt: said.endTime,
    updatedAt: said.lastUpdatedTime,
    actionability: said.actionability,
    // The documentation's table says OPERATIONAL, its examples and the events say OPERATIONS.
    personas: said.personas.map((persona) => (persona === "OPERATIONAL" ? "operations" : persona.toLowerCase())),
    entities: said.affectedEntities,
    description: said.eventDescription[0]?.latestDescription ?? "",
  });
});
