import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { type Halt, haltParameter, readHalts, writeHalts } from "../../../src/aws/switches.ts";
import { given } from "../actions/given.ts";

const put = (value: string) =>
  new PutParameterCommand({ Name: haltParameter, Value: value, Type: "String", Overwrite: true });
const mine: Halt = { by: "Anna", why: "deploy", scope: "service/chat" };
const theirs: Halt = { by: "Ben", why: "fire" };
const adding = (halt: Halt) => (halts: readonly Halt[]) => [...halts.filter(({ scope }) => scope !== halt.scope), halt];

describe("the stop switch", () => {
  it("is made when it is not there, changed when it is, and off when nothing is left", async () => {
    const { reading, clock } = given();
    expect(await readHalts(reading.ssm, clock.now())).toEqual([]);
    expect(await writeHalts(reading.ssm, clock.now(), adding(mine))).toEqual([mine]);
    expect(await writeHalts(reading.ssm, clock.now(), adding(theirs))).toEqual([mine, theirs]);
    expect(await readHalts(reading.ssm, clock.now())).toEqual([mine, theirs]);
    await writeHalts(reading.ssm, clock.now(), () => []);
    expect(await readHalts(reading.ssm, clock.now())).toEqual([]);
  });

  it("loses what has ended with the next change", async () => {
    const { reading, clock, sim } = given();
    await writeHalts(reading.ssm, clock.now(), adding({ ...mine, until: clock.now() + 1_000 }));
    clock.advance(1_000);
    await writeHalts(reading.ssm, clock.now(), adding(theirs));
    expect(sim.world.parameters[haltParameter]?.versions.at(-1)?.value).toBe(JSON.stringify([theirs]));
  });

  it("keeps stopping everything when a word typed by hand is in it", async () => {
    const { reading, clock } = given();
    await reading.ssm.send(put("STOP"));
    expect(await writeHalts(reading.ssm, clock.now(), adding(mine))).toEqual([{ by: "somebody", why: "STOP" }, mine]);
  });

  it("keeps what somebody else sets at the same moment", async () => {
    const { reading, clock } = given();
    let isFirst = true;
    // Between our look and our write, as the other's own call would come.
    const change = (halts: readonly Halt[]) => adding(mine)(halts);
    const send = reading.ssm.send.bind(reading.ssm);
    const raced: typeof reading.ssm = Object.create(reading.ssm, {
      send: {
        value: async (command: PutParameterCommand) => {
          if (command instanceof PutParameterCommand && isFirst) {
            isFirst = false;
            await send(put(JSON.stringify([theirs])));
          }
          return await send(command);
        },
      },
    });
    expect(await writeHalts(raced, clock.now(), change)).toEqual([theirs, mine]);
    expect(await readHalts(reading.ssm, clock.now())).toEqual([theirs, mine]);
  });

  it("refuses more halts than it holds", async () => {
    const { reading, clock } = given();
    const many = Array.from({ length: 60 }, (_, n): Halt => ({ ...mine, scope: `service/${"x".repeat(60)}${n}` }));
    await expect(writeHalts(reading.ssm, clock.now(), () => many)).rejects.toMatchObject({ code: "bad_input" });
  });
});
