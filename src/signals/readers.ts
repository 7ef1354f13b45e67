import type { z } from "zod";
import { alarm } from "./alarm.ts";
import { alarmContributor } from "./alarm-contributor.ts";
import { asgInstance } from "./asg-instance.ts";
import { batchJob } from "./batch-job.ts";
import { batchPreemption } from "./batch-preemption.ts";
import { batchQueueBlocked } from "./batch-queue-blocked.ts";
import { capacityBlock } from "./capacity-block.ts";
import { capacityInterruption } from "./capacity-interruption.ts";
import { capacityReclaimed } from "./capacity-reclaimed.ts";
import { changeCalendar } from "./change-calendar.ts";
import { costAnomaly } from "./cost-anomaly.ts";
import { ecsContainerInstance } from "./ecs-container-instance.ts";
import { ecsServiceAction } from "./ecs-service-action.ts";
import { ecsTask } from "./ecs-task.ts";
import { health } from "./health.ts";
import { hyperpodNodeHealth } from "./hyperpod-node-health.ts";
import { lifecycleAction } from "./lifecycle-action.ts";
import { metricSamples } from "./metric-samples.ts";
import { parameterChange } from "./parameter-change.ts";
import { rebalance } from "./rebalance.ts";
import { sagemakerEndpoint } from "./sagemaker-endpoint.ts";
import { sagemakerTraining } from "./sagemaker-training.ts";
import type { Signal } from "./signal.ts";
import { spotInterruption } from "./spot-interruption.ts";

type Reader = z.ZodType<Signal>;

/**
 * Every event of AWS that the bot reads, by source and detail-type. EventBridge refuses `aws.` sources from anybody but AWS,
 * so believing no other source keeps a workload from claiming a spot warning.
 *
 * The schemas of their details are lazy, made when the first such event arrives: making all of them took some 25 ms of a cold
 * start (zod 4.6, measured), and the fast lane uses three.
 */
const ofAws: Readonly<Record<string, Readonly<Record<string, Reader>>>> = {
  "aws.ec2": {
    "EC2 Spot Instance Interruption Warning": spotInterruption,
    "EC2 Instance Rebalance Recommendation": rebalance,
    "EC2 Capacity Reservation Instance Interruption Warning": capacityInterruption,
    "EC2 Interruptible Capacity Reservation Allocation Reclamation Completed": capacityReclaimed,
    "Capacity Block Reservation Delivered": capacityBlock("delivered"),
    "Capacity Block Reservation Expiration Warning": capacityBlock("expiring"),
  },
  "aws.autoscaling": {
    "EC2 Instance Launch Successful": asgInstance("launched"),
    "EC2 Instance Launch Unsuccessful": asgInstance("launch-failed"),
    "EC2 Instance Terminate Successful": asgInstance("terminated"),
    "EC2 Instance Terminate Unsuccessful": asgInstance("terminate-failed"),
    "EC2 Instance-launch Lifecycle Action": lifecycleAction,
    "EC2 Instance-terminate Lifecycle Action": lifecycleAction,
  },
  "aws.ecs": {
    "ECS Task State Change": ecsTask,
    "ECS Container Instance State Change": ecsContainerInstance,
    "ECS Service Action": ecsServiceAction,
  },
  "aws.batch": {
    "Batch Job State Change": batchJob,
    "Batch Job Queue Blocked": batchQueueBlocked,
    "Batch Service Job Preemption Started": batchPreemption("started"),
    "Batch Service Job Preemption Completed": batchPreemption("completed"),
  },
  "aws.sagemaker": {
    "SageMaker Training Job State Change": sagemakerTraining,
    "SageMaker Endpoint State Change": sagemakerEndpoint,
    "SageMaker HyperPod Cluster Node Health Event": hyperpodNodeHealth,
  },
  "aws.cloudwatch": {
    "CloudWatch Alarm State Change": alarm,
    "CloudWatch Alarm Contributor State Change": alarmContributor,
  },
  "aws.health": { "AWS Health Event": health },
  "aws.ce": { "Anomaly Detected": costAnomaly },
  "aws.ssm": { "Parameter Store Change": parameterChange, "Calendar State Change": changeCalendar },
};

/** Readers by detail-type, with the source they believe. */
export const readers: ReadonlyMap<string, { readonly source?: string; readonly reader: Reader }> = new Map<
  string,
  { source?: string; reader: Reader }
>([
  ...Object.entries(ofAws).flatMap(([source, byType]) =>
    Object.entries(byType).map(([detailType, reader]): [string, { source: string; reader: Reader }] => [
      detailType,
      { source, reader },
    ]),
  ),
  // Measurements are for anybody to send.
  ["Paramedic Metric Sample", { reader: metricSamples }],
]);
