import {
  DeleteParameterCommand,
  GetCalendarStateCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ParameterNotFound,
  PutParameterCommand,
} from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { given, start } from "./given.ts";

const Name = "/paramedic/level/embed";

describe("Parameter Store in the simulation", () => {
  it("counts versions up, overwrites only when told to, and keeps the history", async () => {
    const { ssm } = given();
    const put = (Value: string, Overwrite?: boolean) =>
      ssm.send(new PutParameterCommand({ Name, Value, Type: "String", Overwrite }));

    expect((await put("full")).Version).toBe(1);
    await expect(put("cached")).rejects.toMatchObject({ name: "ParameterAlreadyExists" });
    expect((await put("cached", true)).Version).toBe(2);

    const now = await ssm.send(new GetParameterCommand({ Name }));
    const before = await ssm.send(new GetParameterCommand({ Name: `${Name}:1` }));
    const history = await ssm.send(new GetParameterHistoryCommand({ Name }));
    expect(now.Parameter).toMatchObject({ Value: "cached", Version: 2, LastModifiedDate: new Date(start) });
    expect(before.Parameter).toMatchObject({ Value: "full", Version: 1 });
    expect(history.Parameters?.map(({ Value, Version }) => [Value, Version])).toEqual([
      ["full", 1],
      ["cached", 2],
    ]);
    await expect(ssm.send(new GetParameterCommand({ Name: `${Name}:9` }))).rejects.toMatchObject({
      name: "ParameterVersionNotFound",
    });
  });

  it("keeps a hundred versions", async () => {
    const { ssm, sim } = given();
    for (let count = 0; count < 101; count += 1) sim.seed.parameter({ name: Name, value: String(count) });
    const { Parameters } = await ssm.send(new GetParameterHistoryCommand({ Name }));
    expect(Parameters?.[0]?.Version).toBe(2);
  });

  it("tells of every change, never with the value", async () => {
    const { ssm, events } = given();
    await ssm.send(
      new PutParameterCommand({ Name, Value: "full", Type: "String", Description: "how much embed does" }),
    );
    await ssm.send(new PutParameterCommand({ Name, Value: "cached", Overwrite: true }));
    await ssm.send(new DeleteParameterCommand({ Name }));

    expect(events.map(({ detail }) => detail)).toEqual([
      { operation: "Create", name: Name, type: "String", description: "how much embed does" },
      { operation: "Update", name: Name, type: "String" },
      { operation: "Delete", name: Name, type: "String" },
    ]);
    expect(events[0]).toMatchObject({
      source: "aws.ssm",
      "detail-type": "Parameter Store Change",
      resources: ["arn:aws:ssm:us-east-2:123456789012:parameter/paramedic/level/embed"],
    });
  });

  it("throws the SDK's own error for what is missing", async () => {
    const { ssm } = given();
    await expect(ssm.send(new GetParameterCommand({ Name }))).rejects.toBeInstanceOf(ParameterNotFound);
    await expect(ssm.send(new DeleteParameterCommand({ Name }))).rejects.toBeInstanceOf(ParameterNotFound);
    await expect(ssm.send(new PutParameterCommand({ Name, Value: "x" }))).rejects.toMatchObject({
      name: "ValidationException",
    });
  });

  it("answers for several names, and for a path, ten to a page", async () => {
    const { ssm, sim } = given();
    for (let index = 0; index < 11; index += 1)
      sim.seed.parameter({ name: `/paramedic/level/s${index}`, value: "full" });
    sim.seed.parameter({ name: "/paramedic/level/s0/deep", value: "x" });

    const some = await ssm.send(new GetParametersCommand({ Names: ["/paramedic/level/s1", "/none"] }));
    const page = await ssm.send(new GetParametersByPathCommand({ Path: "/paramedic/level" }));
    const rest = await ssm.send(
      new GetParametersByPathCommand({ Path: "/paramedic/level", NextToken: page.NextToken }),
    );
    const deep = await ssm.send(new GetParametersByPathCommand({ Path: "/paramedic/level/s0", Recursive: true }));

    expect([some.Parameters?.length, some.InvalidParameters]).toEqual([1, ["/none"]]);
    expect([page.Parameters?.length, rest.Parameters?.length, rest.NextToken]).toEqual([10, 1, undefined]);
    expect(deep.Parameters?.map((one) => one.Name)).toEqual(["/paramedic/level/s0/deep"]);
  });
});

describe("change calendars in the simulation", () => {
  it("are closed in their windows and say when that changes", async () => {
    const { ssm, sim, clock } = given();
    sim.seed.calendar({ name: "freeze", closed: [{ from: start + 60_000, to: start + 120_000 }] });
    const ask = async (CalendarNames = ["freeze"]) => {
      const { State, NextTransitionTime } = await ssm.send(new GetCalendarStateCommand({ CalendarNames }));
      return [State, NextTransitionTime];
    };

    expect(await ask()).toEqual(["OPEN", "2026-03-01T03:01:00.000Z"]);
    clock.advance(60_000);
    expect(await ask()).toEqual(["CLOSED", "2026-03-01T03:02:00.000Z"]);
    clock.advance(60_000);
    expect(await ask()).toEqual(["OPEN", undefined]);
    await expect(ask(["none"])).rejects.toMatchObject({ name: "InvalidDocument" });
  });
});
