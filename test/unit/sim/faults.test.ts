import { AutoScalingClient, LaunchInstancesCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { describe, expect, it } from "vitest";
import { fleet, given } from "./given.ts";

const Name = "/a";
const get = new GetParameterCommand({ Name });
const reading = { service: "ssm", operation: "GetParameter" } as const;
const region = "us-east-2";

function withParameter() {
  const set = given();
  set.sim.seed.parameter({ name: Name, value: "1" });
  return { ...set, outcomes: () => set.sim.calls.map(({ outcome, changed }) => [outcome, changed]) };
}

// These wait for the SDK's own retries, some tens of real milliseconds each.
describe("a lost answer, met with the SDK's own retries", () => {
  it("sends a message twice", async () => {
    const { sim, sqs } = given();
    const queue = sim.seed.queue({ name: "jobs" });
    sim.faults.add({ service: "sqs", operation: "SendMessage", kind: "lost-response", times: 1 });

    await sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: "a" }));

    expect(Object.keys(queue.messages)).toHaveLength(2);
    expect(sim.calls.map(({ outcome, changed }) => [outcome, changed])).toEqual([
      ["lost", true],
      ["ok", true],
    ]);
  });

  it("launches once, thanks to the client token, even the one the SDK makes up", async () => {
    const { sim, autoscaling } = given();
    sim.seed.group(fleet);
    sim.faults.add({ service: "autoscaling", operation: "LaunchInstances", kind: "lost-response", times: 1 });

    await autoscaling.send(
      new LaunchInstancesCommand({
        AutoScalingGroupName: "workers",
        RequestedCapacity: 1,
        AvailabilityZones: ["us-east-2a"],
      }),
    );

    expect(sim.world.groups["workers"]?.desired).toBe(3);
    expect(sim.calls.map(({ outcome, changed }) => [outcome, changed])).toEqual([
      ["lost", true],
      ["ok", false],
    ]);
  });

  it("reaches the caller when there are no retries", async () => {
    const { sim } = given();
    sim.seed.group(fleet);
    const once = sim.attach(new AutoScalingClient({ region, maxAttempts: 1 }));
    sim.faults.add({ service: "autoscaling", operation: "LaunchInstances", kind: "lost-response" });
    const launch = new LaunchInstancesCommand({
      AutoScalingGroupName: "workers",
      RequestedCapacity: 1,
      AvailabilityZones: ["us-east-2a"],
    });
    await expect(once.send(launch)).rejects.toMatchObject({ name: "TimeoutError", code: "ECONNRESET" });
    expect(sim.world.groups["workers"]?.desired).toBe(3);
  });
});

describe("other faults", () => {
  it("throttle once, and the SDK tries again", async () => {
    const { sim, ssm, outcomes } = withParameter();
    sim.faults.add({ ...reading, kind: "throttle", times: 1 });

    const answer = await ssm.send(get);

    expect(answer).toMatchObject({ Parameter: { Value: "1" }, $metadata: { attempts: 2 } });
    expect(outcomes()).toEqual([
      ["ThrottlingException", false],
      ["ok", false],
    ]);
  });

  it("drop the connection before anything is applied", async () => {
    const { sim, ssm, outcomes } = withParameter();
    sim.faults.add({ ...reading, kind: "reset-before", times: 1 });
    await ssm.send(get);
    expect(outcomes()).toEqual([
      ["reset", false],
      ["ok", false],
    ]);
  });

  it("deny in the words of the service, and the SDK does not try again", async () => {
    const { sim, ssm, ec2 } = withParameter();
    sim.faults.add({ ...reading, kind: "denied" });
    sim.faults.add({ service: "ec2", operation: "DescribeInstances", kind: "denied" });

    await expect(ssm.send(get)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: "not authorized to perform: ssm:GetParameter",
      $metadata: { attempts: 1 },
    });
    await expect(ec2.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({
      name: "UnauthorizedOperation",
      $metadata: { httpStatusCode: 403, attempts: 1 },
    });
  });

  it("fail on AWS's side for good, after the SDK's three attempts", async () => {
    const { sim, ssm } = withParameter();
    sim.faults.add({ ...reading, kind: "server-error" });
    await expect(ssm.send(get)).rejects.toMatchObject({
      name: "InternalServerError",
      $fault: "server",
      $metadata: { attempts: 3 },
    });
  });

  it("hang until the client's own time-out, or for ever if it only warns", async () => {
    const { sim } = withParameter();
    const requestHandler = new NodeHttpHandler({ requestTimeout: 20, throwOnRequestTimeout: true });
    const patient = sim.attach(new SSMClient({ region, maxAttempts: 1, requestHandler }));
    const warned = sim.attach(new SSMClient({ region, requestHandler: new NodeHttpHandler({ requestTimeout: 1 }) }));
    sim.faults.add({ ...reading, kind: "hang" });

    await expect(patient.send(get)).rejects.toMatchObject({ name: "TimeoutError", code: "ETIMEDOUT" });
    const abort = new AbortController();
    const hanging = warned.send(get, { abortSignal: abort.signal });
    await expect(
      Promise.race([hanging, new Promise((resolve) => void setTimeout(resolve, 20, "still"))]),
    ).resolves.toBe("still");
    abort.abort();
    await expect(hanging).rejects.toMatchObject({ name: "AbortError" });
  });

  it("are slow on the simulation's clock", async () => {
    const { sim, clock } = withParameter();
    sim.faults.add({ ...reading, kind: "slow", ms: 30_000 });
    let answered = false;
    const asked = sim.call("ssm", "GetParameter", { Name }).then(() => (answered = true));

    clock.advance(29_999);
    await Promise.resolve();
    expect(answered).toBe(false);
    clock.advance(1);
    await asked;
    expect(sim.calls[0]?.at).toBe(clock.now());
  });

  it("meet only the calls they are for, as often as they say, and can be taken away", async () => {
    const { sim } = withParameter();
    sim.seed.parameter({ name: "/b", value: "2" });
    const ask = (name: string) =>
      sim.call("ssm", "GetParameter", { Name: name }).then(
        () => "ok",
        (error: Error) => error.name,
      );
    const when = (input: unknown) => JSON.stringify(input).includes("/b");
    sim.faults.add({ ...reading, kind: "throttle", times: 1, when });
    const remove = sim.faults.add({ ...reading, kind: "denied", when });

    expect([await ask("/a"), await ask("/b"), await ask("/b"), await ask("/b")]).toEqual([
      "ok",
      "ThrottlingException",
      "AccessDeniedException",
      "AccessDeniedException",
    ]);
    expect(sim.faults.list()).toHaveLength(1);
    remove();
    expect(await ask("/b")).toBe("ok");
    sim.faults.add({ ...reading, kind: "hang" });
    sim.faults.clear();
    expect(await ask("/a")).toBe("ok");
  });
});

describe("the call log", () => {
  it("has what each call asked, what came of it, and the permission it needs", async () => {
    const { sim, sqs } = given();
    const { url } = sim.seed.queue({ name: "jobs" });
    await sim.call("sqs", "SendMessageBatch", { QueueUrl: url, Entries: [{ Id: "1", MessageBody: "a" }] });
    await sqs.send(new SendMessageCommand({ QueueUrl: `${url}x`, MessageBody: "a" })).catch(() => "expected");
    const ec2 = sim.attach(new EC2Client({ region }));
    await ec2.send(new DescribeInstancesCommand({}));

    expect(sim.calls).toMatchObject([
      { permission: "sqs:SendMessage", operation: "SendMessageBatch", outcome: "ok", mutating: true, changed: true },
      { permission: "sqs:SendMessage", outcome: "QueueDoesNotExist", mutating: true, changed: false },
      { permission: "ec2:DescribeInstances", outcome: "ok", mutating: false, changed: false },
    ]);
  });
});
