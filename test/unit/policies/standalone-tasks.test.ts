import { expect, it } from "vitest";
import { standaloneTasks } from "../../../src/policies/standalone-tasks.ts";

const instance = "i-0b662ef9931388ba0";
const task = (name: string, given: { mayRunAgain?: boolean; ownNetwork?: boolean } = {}) => ({
  task: `arn:aws:ecs:us-east-2:123456789012:task/gpu/${name}`,
  name,
  mayRunAgain: true,
  ownNetwork: false,
  ...given,
});

it("only what is tagged for it and has the network of its host is run again; the others are named once", () => {
  const untagged = { mayRunAgain: false };
  const standalone = [
    task("embed"),
    task("migrate", untagged),
    task("migrate", untagged),
    task("index", { ownNetwork: true }),
  ];
  const { again, told } = standaloneTasks(instance, { cluster: "gpu", standalone });
  expect(again).toEqual([{ cluster: "gpu", task: task("embed").task, name: "embed", instance }]);
  expect(told).toEqual([
    `Not run again when ${instance} goes: migrate (not tagged paramedic = act).`,
    `Not run again when ${instance} goes: index (in a network of their own, which ECS does not tell).`,
  ]);
});

it("a job of Batch is never run again as a task, whatever its tags", () => {
  for (const [cluster, keeper] of [
    ["AWSBatch-gpu-1b2c", undefined],
    ["arn:aws:ecs:us-east-2:123456789012:cluster/gpu_Batch_1b2c", undefined],
    ["gpu", "AWS Batch"],
  ] as const) {
    const { again, told } = standaloneTasks(instance, { cluster, standalone: [task("embed")] }, keeper);
    expect(again).toEqual([]);
    expect(told).toEqual([expect.stringContaining("Batch starts them again where their retry strategy says so")]);
  }
});

it("a plan has room for ten, and names the rest", () => {
  const standalone = Array.from({ length: 12 }, (_, i) => task(`embed-${i}`));
  const { again, told } = standaloneTasks(instance, { cluster: "gpu", standalone });
  expect(again).toHaveLength(10);
  expect(told).toEqual([
    `Not run again when ${instance} goes: embed-10, embed-11 (more than the 10 that one plan runs again).`,
  ]);
});

it("nothing is told of a host that runs no such task", () => {
  expect(standaloneTasks(instance, { cluster: "gpu", standalone: [] })).toEqual({ again: [], told: [] });
  expect(standaloneTasks(instance, undefined)).toEqual({ again: [], told: [] });
});
