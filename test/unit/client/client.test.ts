import { describe, expect, it } from "vitest";
import { instanceIdFrom } from "../../../src/aws/instance-id.ts";
import { paramedic } from "../../../src/client/client.ts";
import { givenWorkload } from "./given.ts";

describe("the client", () => {
  it("names the setting that is missing", () => {
    expect(() => paramedic({})).toThrow("starting the client: set PARAMEDIC_TABLE");
  });

  it("has one circuit for one name", () => {
    const { circuit } = givenWorkload().process();

    expect(circuit("llm")).toBe(circuit("llm"));
  });

  it("lives with a hook that throws", async () => {
    const { process, levelStore } = givenWorkload();
    levelStore.mood = "failing";
    const { level } = process({
      onEvent: () => {
        throw new Error("the workload's own bug");
      },
    });

    expect(await level("chat")).toBe("full");
  });
});

describe("the instance that a worker runs on", () => {
  const metadata = (answers: Record<string, string>) => (input: Parameters<typeof fetch>[0]) => {
    const answer = answers[new URL(input instanceof Request ? input.url : input).pathname];
    return Promise.resolve(new Response(answer ?? "", { status: answer === undefined ? 404 : 200 }));
  };

  it("is what the environment says, or else the instance metadata service", async () => {
    const imds = metadata({ "/latest/api/token": "a token", "/latest/meta-data/instance-id": "i-0abc\n" });

    expect(await instanceIdFrom({ PARAMEDIC_INSTANCE_ID: "i-1" }, imds)()).toBe("i-1");
    expect(await instanceIdFrom({}, imds)()).toBe("i-0abc");
  });

  it("is unknown where nobody answers", async () => {
    expect(await instanceIdFrom({}, metadata({}))()).toBeUndefined();
    expect(await instanceIdFrom({}, () => Promise.reject(new TypeError("fetch failed")))()).toBeUndefined();
  });
});
