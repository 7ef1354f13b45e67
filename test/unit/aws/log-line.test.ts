import { afterEach, expect, it, vi } from "vitest";
import { lineLog } from "../../../src/aws/log-line.ts";

afterEach(() => vi.restoreAllMocks());

/** What is written to standard output meanwhile. */
function written(work: () => void): unknown[] {
  const lines: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  work();
  vi.restoreAllMocks();
  return lines.map((line) => JSON.parse(line) as unknown);
}

it("a line of a log is one JSON object, with its facts and what went wrong", () => {
  const [line] = written(() => lineLog({})("error", "it failed", { incident: "a-1", error: new Error("no") }));

  expect(line).toMatchObject({
    level: "ERROR",
    message: "it failed",
    service: "paramedic",
    incident: "a-1",
    error: { name: "Error", message: "no" },
  });
});

it("says which trace it is of where X-Ray records the run, and nothing where it does not", () => {
  const header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8";
  const log = (Sampled: number) => () => lineLog({ _X_AMZN_TRACE_ID: `${header};Sampled=${Sampled}` })("info", "hello");

  expect(written(log(1))).toMatchObject([{ xray_trace_id: "1-5759e988-bd862e3fe1be46a994272793" }]);
  expect(written(log(0))[0]).not.toHaveProperty("xray_trace_id");
});

it("is silent when it is told to be", () => {
  expect(written(() => lineLog({ POWERTOOLS_LOG_LEVEL: "SILENT" })("info", "hello"))).toEqual([]);
});
