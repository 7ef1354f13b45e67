import { describe, expect, it } from "vitest";
import { NoProviderLeft, type Provider } from "../../../../src/client/circuit/failover.ts";
import { lookAtCircuit } from "../../../../src/client/circuit/stored.ts";
import { failure, givenWorkload } from "../given.ts";

type Mood = "well" | "failing" | "hanging" | "refusing the request";

/** Three providers in order, the last of which takes short requests only. */
function given() {
  const world = givenWorkload();
  const moods: Record<string, Mood> = { first: "well", second: "well", third: "well" };
  const asked: string[] = [];
  const provider = (name: string, can?: (request: string) => boolean): Provider<string, string> => ({
    name,
    ...(can && { can }),
    call: () => {
      asked.push(name);
      if (moods[name] === "hanging") return new Promise(() => {});
      if (moods[name] === "failing") return Promise.reject(failure("ServiceUnavailableException"));
      if (moods[name] === "refusing the request") return Promise.reject(failure("ValidationException"));
      return Promise.resolve(`from ${name}`);
    },
  });
  const short = (request: string) => request.length < 10;
  const { ask } = world
    .process({ circuits: { "*": { timeout: { seconds: 20 } } } })
    .failover([provider("first"), provider("second"), provider("third", short)]);
  return {
    ...world,
    moods,
    asked,
    ask,
    asks: async (count: number) => {
      const answers: string[] = [];
      for (let i = 0; i < count; i++) {
        answers.push(await world.ended(ask("a prompt")));
        await world.advance(1_000);
      }
      return answers;
    },
  };
}

describe("providers in order", () => {
  it("are asked in that order, and only as far as needed", async () => {
    const { ask, asked } = given();

    expect(await ask("a prompt")).toBe("from first");
    expect(asked).toEqual(["first"]);
  });

  it("answer for one another when one fails or hangs", async () => {
    const { ask, moods, asked, ended, events } = given();
    moods.first = "failing";
    moods.second = "hanging";

    expect(await ended(ask("a prompt"))).toBe("from third");
    expect(asked).toEqual(["first", "second", "third"]);
    expect(events).toContainEqual({
      kind: "failed-over",
      from: "second",
      to: "third",
      why: "failed with TimeoutError",
    });
  });

  it("are passed over when they cannot answer a request", async () => {
    const { ask, moods, asked } = given();
    Object.assign(moods, { first: "failing", second: "failing" });

    await expect(ask("a very long prompt")).rejects.toThrow(NoProviderLeft);
    expect(asked).toEqual(["first", "second"]);
  });

  it("are not asked again what the request itself is to blame for", async () => {
    const { ask, moods, asked } = given();
    moods.first = "refusing the request";

    await expect(ask("a prompt", { fallback: () => "hidden" })).rejects.toThrow("ValidationException happened");
    expect(asked).toEqual(["first"]);
  });

  it("keep to the one that answered instead for five seconds", async () => {
    const { asks, moods, asked } = given();
    moods.first = "failing";
    await asks(1);
    moods.first = "well";
    asked.length = 0;

    await asks(4);
    expect(new Set(asked)).toEqual(new Set(["second"]));
    expect(await asks(2)).toEqual(["from first", "from first"]);
  });

  it("go back to the one before when the one they keep to fails", async () => {
    const { asks, moods } = given();
    moods.first = "failing";
    await asks(1);
    Object.assign(moods, { first: "well", second: "failing", third: "failing" });

    expect(await asks(1)).toEqual(["from first"]);
  });

  it("give a provider its traffic back by its own ramp, and all of it once its circuit is closed", async () => {
    const { asks, ask, moods, ended, advance, ofKind } = given();
    moods.first = "failing";
    await ended(Promise.all(Array.from({ length: 10 }, () => ask("a prompt"))));
    moods.first = "well";
    await advance(16_000);

    const shareOfFirst: number[] = [];
    const isClosed = () => ofKind("circuit-changed").some(({ circuit, to }) => circuit === "first" && to === "closed");
    while (!isClosed()) {
      const answers = await asks(10);
      shareOfFirst.push(answers.filter((answer) => answer === "from first").length / 10);
    }

    expect(shareOfFirst.slice(0, 3).every((share) => share <= 0.3)).toBe(true);
    expect(shareOfFirst.at(-1)).toBe(1);
    // One request a second is as quiet as it gets: a process with traffic is back in a minute.
    expect(shareOfFirst.length * 10).toBeLessThan(600);
    expect(new Set(await asks(60))).toEqual(new Set(["from first"]));
  });

  it("get their probe while another one answers", async () => {
    const { asks, ask, moods, table, clock, ended, advance } = given();
    moods.first = "failing";
    await ended(Promise.all(Array.from({ length: 10 }, () => ask("a prompt"))));
    expect((await lookAtCircuit(table, "first", clock)).state.kind).toBe("open");
    moods.first = "well";
    await advance(16_000);

    expect(await asks(1)).toEqual(["from first"]);
    expect((await lookAtCircuit(table, "first", clock)).state.kind).toBe("ramping");
  });

  it("that are all down give the fallback, or an error that says what was tried", async () => {
    const { ask, moods, ofKind } = given();
    Object.assign(moods, { first: "failing", second: "failing", third: "failing" });

    expect(await ask("a prompt", { fallback: ({ tried }) => `cached, for ${tried.length} failed` })).toBe(
      "cached, for 3 failed",
    );
    await expect(ask("a prompt")).rejects.toMatchObject({
      name: "NoProviderLeft",
      tried: [
        { name: "first", why: "failed with ServiceUnavailableException" },
        { name: "second", why: "failed with ServiceUnavailableException" },
        { name: "third", why: "failed with ServiceUnavailableException" },
      ],
    });
    expect(ofKind("no-provider-left")).toHaveLength(2);
  });
});
