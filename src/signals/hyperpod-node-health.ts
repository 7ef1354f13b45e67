import { z } from "zod";
import { arn } from "./arn.ts";
import { ec2InstanceId } from "./ec2-instance-id.ts";
import { event, type FromEvent, sentence, toFromEvent, word } from "./event.ts";
import { defined, ifReadable } from "./if-readable.ts";

/** A node of a HyperPod cluster was found broken, or well again. */
export interface HyperpodNodeHealth extends FromEvent {
  readonly kind: "hyperpod-node-health";
  readonly cluster: { readonly name: string; readonly arn: string };
  readonly instanceId: string;
  /** Whether it is `Healthy`. A status that is not known is not healthy. */
  readonly healthy: boolean;
  readonly status: string;
  /** What the health agent found: `NvidiaErrorTerminate`, `NvidiaErrorReboot` and others. */
  readonly fault?: string;
  readonly reason?: string;
  /** What HyperPod does about it by itself. `None` when automatic recovery is off: then nobody does. */
  readonly repair?: string;
  readonly recommendation?: string;
}

const detail = z.lazy(() =>
  z.object({
    ClusterName: word,
    ClusterArn: arn("sagemaker", "cluster"),
    InstanceId: ec2InstanceId,
    HealthSummary: z.object({
      HealthStatus: word,
      HealthStatusReason: ifReadable(sentence),
      RepairAction: ifReadable(word),
      Recommendation: ifReadable(sentence),
    }),
  }),
);

/**
 * `SageMaker HyperPod Cluster Node Health Event`. The fault's name is in the text only; what to do does not hang on it.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
export const hyperpodNodeHealth = event
  .extend({ detail })
  .transform(({ detail: said, ...rest }): HyperpodNodeHealth => {
    const {
      HealthStatus: status,
      HealthStatusReason: reason,
      RepairAction: repair,
      Recommendation,
    } = said.HealthSummary;
    return defined({
      kind: "hyperpod-node-health",
      ...toFromEvent(rest),
      cluster: { name: said.ClusterName, arn: said.ClusterArn },
      instanceId: said.InstanceId,
      healthy: status === "Healthy",
      status,
      fault: /\bfault type (\w+)/.exec(reason ?? "")?.[1],
      reason,
      repair,
      recommendation: Recommendation,
    });
  });
