import { beforeEach, expect, it } from "vitest";
import { stopTask } from "../../../src/actions/stop-task.ts";
import { changes, type Given, given, hand } from "./given.ts";

let g: Given;
beforeEach(() => {
  g = given();
  g.sim.seed.cluster({ name: "gpu" });
  const { id: instance } = g.sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2a" });
  g.sim.seed.host({ cluster: "gpu", instance });
  g.sim.seed.service({ cluster: "gpu", name: "worker", desired: 2 });
});
const tasks = () => Object.keys(g.sim.world.tasks);
const stop = (task: string) => hand(g, stopTask, { cluster: "gpu", service: "worker", task, why: "it leaks memory" });

it("takes no second task while its service is without the first", async () => {
  const [first = "", second = ""] = tasks();
  await stop(first).do(null);
  g.clock.advance(12_000);
  await expect(stop(second).do(null)).rejects.toMatchObject({ code: "aws_failed", retryable: true });

  g.clock.advance(60_000);
  await stop(second).do(null);
  expect(changes(g)).toEqual(["StopTask", "StopTask"]);
});

it("is verified once the task has ended and another runs in its place", async () => {
  const [task = ""] = tasks();
  const { verify } = stopTask.definition;
  const params = { cluster: "gpu", service: "worker", task, why: "it leaks memory" };
  const holds = () => verify?.holds({ params, aws: g.reading, out: { stopped: true } });
  const out = await stop(task).do(null);
  expect(await holds()).toBe(false);
  g.clock.advance(60_000);
  expect(await holds()).toBe(true);
  expect(out).toEqual({ stopped: true });
});

it("says why in the place where people look for it", async () => {
  const [task = ""] = tasks();
  await stop(task).do(null);
  expect(g.sim.world.tasks[task]?.reason).toBe("paramedic: it leaks memory");
});
