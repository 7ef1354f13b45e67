import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AwsJson1_1Protocol } from "@aws-sdk/core/protocols";
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  LaunchInstancesCommand,
} from "@aws-sdk/client-auto-scaling";
import { BatchClient } from "@aws-sdk/client-batch";
import { CloudWatchClient, GetMetricDataCommand, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ECSClient, ListTasksCommand, RunTaskCommand } from "@aws-sdk/client-ecs";
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { ListServicesCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sim } from "../../../sim/sim.ts";
import { attached, fleet, given, start } from "./given.ts";

const behindHttp = given();
const server = createServer(behindHttp.sim.listener);
let endpoint = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

function overHttp(): ReturnType<typeof attached> {
  const plain = { region: "us-east-2", endpoint, credentials: { accessKeyId: "a", secretAccessKey: "s" } };
  const asJson = { ...plain, protocol: AwsJson1_1Protocol };
  return {
    ec2: new EC2Client(asJson),
    autoscaling: new AutoScalingClient(asJson),
    batch: new BatchClient(asJson),
    elb: new ElasticLoadBalancingV2Client(asJson),
    sns: new SNSClient(asJson),
    ecs: new ECSClient(plain),
    ssm: new SSMClient(plain),
    sqs: new SQSClient(plain),
    cloudwatch: new CloudWatchClient(plain),
    eventbridge: new EventBridgeClient(plain),
  };
}

/** The same calls, whatever the door: what came back, or what was thrown. */
async function visit(sim: Sim, clients: ReturnType<typeof attached>): Promise<unknown[]> {
  sim.seed.group(fleet);
  const { arn } = sim.seed.targetGroup({ name: "web" });
  const { url } = sim.seed.queue({ name: "jobs", messages: ["a"] });
  const TopicArn = sim.seed.topic("pages");
  sim.seed.taskDefinition({ family: "train" });
  const period = { StartTime: new Date(start - 60_000), EndTime: new Date(start + 60_000) };
  const Metric = { Namespace: "app", MetricName: "latency" };
  const { ec2, autoscaling, ecs, elb, ssm, sqs, sns, cloudwatch, eventbridge } = clients;
  const asks: (() => Promise<object>)[] = [
    () => ec2.send(new DescribeInstancesCommand({})),
    () => ec2.send(new DescribeInstancesCommand({ InstanceIds: ["i-00000000"] })),
    () => autoscaling.send(new DescribeAutoScalingGroupsCommand({})),
    () =>
      autoscaling.send(
        new LaunchInstancesCommand({
          AutoScalingGroupName: "workers",
          RequestedCapacity: 1,
          ClientToken: "t",
          AvailabilityZones: ["us-east-2a"],
        }),
      ),
    () =>
      autoscaling.send(
        new LaunchInstancesCommand({ AutoScalingGroupName: "x", RequestedCapacity: 1, ClientToken: "u" }),
      ),
    () => elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn })),
    () => elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: "none" })),
    () => ecs.send(new RunTaskCommand({ cluster: "gpu", taskDefinition: "train", clientToken: "t" })),
    () => ecs.send(new ListTasksCommand({ cluster: "none" })),
    () => ssm.send(new PutParameterCommand({ Name: "/a", Value: "1", Type: "String" })),
    () => ssm.send(new GetParameterCommand({ Name: "/a" })),
    () => ssm.send(new GetParameterCommand({ Name: "/b" })),
    () =>
      cloudwatch.send(
        new PutMetricDataCommand({
          Namespace: "app",
          MetricData: [{ MetricName: "latency", Value: 1, Timestamp: new Date(start) }],
        }),
      ),
    () =>
      cloudwatch.send(
        new GetMetricDataCommand({
          ...period,
          MetricDataQueries: [{ Id: "m", MetricStat: { Metric, Period: 60, Stat: "Sum" } }],
        }),
      ),
    () => sqs.send(new ReceiveMessageCommand({ QueueUrl: url })),
    () => sqs.send(new ReceiveMessageCommand({ QueueUrl: `${url}x` })),
    () => sns.send(new PublishCommand({ TopicArn, Message: "m" })),
    () => eventbridge.send(new PutEventsCommand({ Entries: [{ Source: "app", DetailType: "d", Detail: "{}" }] })),
  ];
  const answers: unknown[] = [];
  for (const ask of asks) {
    answers.push(
      await ask().then(
        (output) => ({ ...output, $metadata: undefined }),
        (error: Error & { $fault?: string; $metadata?: { httpStatusCode?: number } }) => ({
          threw: error.constructor.name,
          name: error.name,
          message: error.message,
          fault: error.$fault,
          status: error.$metadata?.httpStatusCode,
        }),
      ),
    );
  }
  return answers;
}

describe("the two doors", () => {
  it("give equal answers to equal calls, times and errors included", async () => {
    const inProcess = given();

    const within = await visit(inProcess.sim, inProcess);
    const over = await visit(behindHttp.sim, overHttp());

    expect(over).toEqual(within);
    expect(within).toContainEqual({
      threw: "ParameterNotFound",
      name: "ParameterNotFound",
      message: "Parameter /b not found.",
      fault: "client",
      status: 400,
    });
    expect(within.filter((one) => JSON.stringify(one).includes("threw"))).toHaveLength(6);
    expect(behindHttp.sim.save()).toEqual(inProcess.sim.save());
    expect(behindHttp.sim.calls).toEqual(inProcess.sim.calls);
  });

  it("carry times as times", async () => {
    const { ec2, sim } = given();
    sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2a" });
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({}));
    expect(Reservations?.[0]?.Instances?.[0]?.LaunchTime).toEqual(new Date(start));
  });

  it("break the connection where a fault says so", async () => {
    const { ssm } = overHttp();
    behindHttp.sim.faults.add({ service: "ssm", operation: "GetParameter", kind: "reset-before", times: 1 });
    const answer = await ssm.send(new GetParameterCommand({ Name: "/a" }));
    expect(answer).toMatchObject({ Parameter: { Value: "1" }, $metadata: { attempts: 2 } });
  });

  it("answer what is no request of AWS with an error", async () => {
    const lost = await fetch(endpoint, { method: "POST", headers: { "x-amz-target": "Lambda.Invoke" }, body: "{}" });
    const broken = await fetch(endpoint, {
      method: "POST",
      headers: { "x-amz-target": "AmazonSSM.GetParameter" },
      body: "{",
    });
    expect([lost.status, await lost.json()]).toMatchObject([400, { __type: "NotSimulated" }]);
    expect([broken.status, await broken.json()]).toMatchObject([500, { __type: "InternalFailure" }]);
  });

  it("do not open for a service that is not simulated", async () => {
    const { sim } = given();
    const client = sim.attach(new ServiceQuotasClient({ region: "us-east-2" }));
    await expect(client.send(new ListServicesCommand({}))).rejects.toThrow(/not simulated: X-Amz-Target ServiceQuotas/);
  });
});
