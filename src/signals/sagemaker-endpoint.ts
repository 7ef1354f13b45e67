import { z } from "zod";
import { arn } from "./arn.ts";
import { event, type FromEvent, sentence, toFromEvent, word } from "./event.ts";
import { defined, eachReadable, ifReadable } from "./if-readable.ts";
import { moment } from "./moment.ts";

/** A SageMaker endpoint changed. */
export interface SagemakerEndpoint extends FromEvent {
  readonly kind: "sagemaker-endpoint";
  readonly name: string;
  readonly arn: string;
  /** The name of the endpoint configuration in use. The one before it is the way back. */
  readonly config?: string;
  /** In the API's spelling, which is not the event's. */
  readonly status: EndpointStatus;
  readonly failureReason?: string;
  readonly variants: readonly { readonly name?: string; readonly weight?: number; readonly instances?: number }[];
  readonly createdAt?: number;
  /** With `status` this tells a change from a copy of it: one change may be sent several times. */
  readonly modifiedAt?: number;
}

const statuses = [
  "Creating",
  "Updating",
  "SystemUpdating",
  "RollingBack",
  "InService",
  "OutOfService",
  "Deleting",
  "Failed",
  "UpdateRollbackFailed",
] as const;
export type EndpointStatus = (typeof statuses)[number];

/** `IN_SERVICE` in events is `InService` in the API. */
const bySpelling = new Map(statuses.map((status) => [status.toUpperCase(), status]));

const status = word.transform((said, context) => {
  const known = bySpelling.get(said.replaceAll("_", "").toUpperCase());
  if (known) return known;
  context.addIssue({ code: "custom", message: `${JSON.stringify(said)} is not the status of an endpoint` });
  return z.NEVER;
});

const variant = z.lazy(() =>
  z
    .object({
      VariantName: ifReadable(word),
      DesiredWeight: ifReadable(z.number().nonnegative()),
      DesiredInstanceCount: ifReadable(z.number().nonnegative()),
    })
    .transform(({ VariantName: name, DesiredWeight: weight, DesiredInstanceCount: instances }) =>
      defined({ name, weight, instances }),
    ),
);

const detail = z.lazy(() =>
  z.object({
    EndpointName: word,
    EndpointArn: arn("sagemaker", "endpoint"),
    EndpointConfigName: ifReadable(word),
    EndpointStatus: status,
    FailureReason: ifReadable(sentence),
    ProductionVariants: eachReadable(variant),
    CreationTime: ifReadable(moment),
    LastModifiedTime: ifReadable(moment),
  }),
);

/**
 * `SageMaker Endpoint State Change`. Even the `time` of the event may be epoch milliseconds, as text.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
export const sagemakerEndpoint = event.extend({ detail }).transform(({ detail: said, ...rest }): SagemakerEndpoint =>
  defined({
    kind: "sagemaker-endpoint",
    ...toFromEvent(rest),
    name: said.EndpointName,
    arn: said.EndpointArn,
    config: said.EndpointConfigName,
    status: said.EndpointStatus,
    failureReason: said.FailureReason,
    variants: said.ProductionVariants,
    createdAt: said.CreationTime,
    modifiedAt: said.LastModifiedTime,
  }),
);
