import { beforeEach, describe, expect, it } from "vitest";
import { registerSize } from "../../../src/actions/register-size.ts";
import { resizeTask } from "../../../src/actions/resize-task.ts";
import { changes, type Given, given, hand } from "./given.ts";

let g: Given;
beforeEach(() => void (g = given()));
const seed = (containers?: readonly { name: string; cpu?: number; memory?: number }[]) =>
  g.sim.seed.service({
    cluster: "apps",
    name: "api",
    desired: 2,
    cpu: 256,
    memory: 512,
    fargate: true,
    ...(containers && { containers }),
  });
const api = { cluster: "apps", service: "api" };
const to = { ...api, cpu: 512, memory: 1_024 };
const document = () => g.sim.world.definitions["api:2"]?.document;

describe("registering a size", () => {
  it("changes the size and nothing else, and takes the tags along", async () => {
    seed();
    const first = g.sim.world.definitions["api:1"];
    if (first) first.tags = { team: "chat" };
    const register = hand(g, registerSize, to);
    await register.do(await register.before());
    expect(g.sim.world.definitions["api:2"]).toMatchObject({
      ...first,
      revision: 2,
      cpu: 512,
      memory: 1_024,
      registeredAt: g.clock.now(),
    });
  });

  it("gives a container that had all of the task all of it again, and leaves the others as they are", async () => {
    seed([
      { name: "api", cpu: 256, memory: 512 },
      { name: "logs", memory: 128 },
    ]);
    const register = hand(g, registerSize, to);
    await register.do(await register.before());
    expect(document()).toMatchObject({
      containerDefinitions: [
        { name: "api", cpu: 512, memory: 1_024 },
        { name: "logs", memory: 128 },
      ],
    });
  });

  it("is refused where a container may use more memory than the task would have", async () => {
    seed([{ name: "api" }, { name: "cache", memory: 500 }]);
    const register = hand(g, registerSize, { ...to, cpu: 256, memory: 499 });
    await expect(register.do(await register.before())).rejects.toMatchObject({
      code: "bad_input",
      message: "resizing api: container cache may use 500 MiB",
    });
    expect(changes(g)).toEqual([]);
  });

  it("can be narrowed to what lies between, not beyond", async () => {
    seed();
    const before = await hand(g, registerSize, to).before();
    const may = (asked: object) =>
      registerSize.definition.narrows?.({ planned: to, asked: { ...to, ...asked }, before });
    expect(may({ cpu: 256 })).toBe(true);
    expect(may({ memory: 2_048 })).toBe(false);
    expect(may({ service: "other" })).toBe(false);
  });
});

describe("deploying it", () => {
  const register = async (image: string) => {
    await g.sim.call("ecs", "RegisterTaskDefinition", {
      family: "api",
      cpu: "512",
      memory: "1024",
      requiresCompatibilities: ["FARGATE"],
      containerDefinitions: [{ name: "api", image, essential: true }],
    });
  };

  it("is refused when the newest revision is another program", async () => {
    seed();
    await register("api:next");
    const resize = hand(g, resizeTask, api);
    await expect(resize.do(await resize.before())).rejects.toMatchObject({ code: "store_conflict" });
    expect(changes(g)).toEqual(["RegisterTaskDefinition"]);
  });

  it("is refused when another size was registered than this incident's own", async () => {
    seed();
    await register("api:latest");
    const resize = hand(g, resizeTask, api);
    const earlier = [{ action: "ecs.register-size", out: { revision: "arn:of/another:7" } }];
    await expect(resize.do(await resize.before(), { earlier })).rejects.toMatchObject({ code: "store_conflict" });
  });

  it("is verified only when all of its tasks run and no others do", async () => {
    seed();
    await register("api:latest");
    const resize = hand(g, resizeTask, api);
    const out = await resize.do(await resize.before());
    const holds = () => resizeTask.definition.verify?.holds({ params: api, aws: g.reading, out });
    expect(await holds()).toBe(false);
    g.clock.advance(120_000);
    expect(await holds()).toBe(true);
  });
});
