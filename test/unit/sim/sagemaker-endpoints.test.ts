import {
  DescribeEndpointCommand,
  SageMakerClient,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from "@aws-sdk/client-sagemaker";
import { expect, it } from "vitest";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { given as givenSim } from "./given.ts";

const EndpointName = "rank";

function given() {
  const g = givenSim();
  const sagemaker = g.sim.attach(new SageMakerClient({ region: "us-east-2" }));
  g.sim.seed.endpoint({ name: EndpointName, weights: { old: 1, new: 0 } });
  const set = (VariantName: string, DesiredWeight: number) =>
    sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName,
        DesiredWeightsAndCapacities: [{ VariantName, DesiredWeight }],
      }),
    );
  return { ...g, sagemaker, set };
}

it("an endpoint has new weights in force after a while, and takes no other change until then", async () => {
  const { sagemaker, set, clock } = given();
  await set("new", 0.5);
  const look = () => sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
  expect(await look()).toMatchObject({
    EndpointStatus: "Updating",
    ProductionVariants: [{}, { VariantName: "new", CurrentWeight: 0, DesiredWeight: 0.5 }],
  });
  await expect(set("new", 1)).rejects.toMatchObject({ name: "ValidationException" });
  clock.advance(180_000);
  expect(await look()).toMatchObject({
    EndpointStatus: "InService",
    ProductionVariants: [{ CurrentWeight: 1 }, { CurrentWeight: 0.5 }],
  });
});

it("a variant or an endpoint that is not there is a validation error", async () => {
  const { set, sagemaker } = given();
  await expect(set("none", 1)).rejects.toMatchObject({ name: "ValidationException" });
  await expect(sagemaker.send(new DescribeEndpointCommand({ EndpointName: "none" }))).rejects.toMatchObject({
    name: "ValidationException",
  });
});

it("a change is told twice, in the words of SageMaker's events, which the bot reads", async () => {
  const { set, clock, told } = given();
  await set("new", 0.5);
  clock.advance(180_000);
  expect(told("SageMaker Endpoint State Change").map(readSignal)).toMatchObject([
    { kind: "sagemaker-endpoint", name: "rank", status: "Updating", variants: [{}, { name: "new", weight: 0.5 }] },
    { kind: "sagemaker-endpoint", name: "rank", status: "InService" },
  ]);
});
