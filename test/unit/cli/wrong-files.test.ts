import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { exits } from "../../../cli/command.ts";
import { file, run, runJson, tempDir } from "./given.ts";

const utf16 = (text: string): Uint8Array => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
const head = "timestamp,value\n2024-01-01 00:00:00,1\n";

describe("a file that cannot be replayed is told with its place and the way out, and the exit code is 2", () => {
  it.each<[what: string, name: string, content: string | Uint8Array, place: string, said: string, wayOut: string]>([
    ["nothing", "a.json", "", "", "is empty", "Give an event"],
    ["blank lines", "a.json", "\n  \n", "", "is empty", "Give an event"],
    ["bytes", "a.bin", Buffer.from([1, 0, 2, 3]), "", "is not text but binary", "Give JSON"],
    ["another encoding", "a.csv", Buffer.from([0x61, 0xe4, 0x62, 0x0a]), "", "is not UTF-8 text", "in UTF-8"],
    ["UTF-16", "a.json", utf16("{}"), "", "is text in UTF-16", "Save it as UTF-8"],
    [
      "half of a gzip",
      "a.json.gz",
      gzipSync("{}").subarray(0, 15),
      "",
      "is packed by gzip, and damaged",
      "Copy it again",
    ],
    ["prose", "a.txt", "Dear AWS Customer, hello\n", ", line 1", "neither JSON nor CSV", "timestamp,value"],
    ["semicolons", "a.csv", "timestamp;value\n", ", line 1", 'separated by ";"', "by commas"],
    [
      "a bad number",
      "a.csv",
      `${head}2024-01-01 00:05:00,abc\n`,
      ", line 3, column 21",
      '"abc" is not a number',
      "Mend the line",
    ],
    ["no number", "a.csv", `${head}2024-01-01 00:05:00,\n`, ", line 3, column 21", "there is no value", "take it out"],
    ["a decimal comma", "a.csv", `${head}2024-01-01 00:05:00,1,5\n`, ", line 3", "3 cells, not 2", "A decimal comma?"],
    [
      "a bad time",
      "a.csv",
      `${head}2024-13-01 00:05:00,2\n`,
      ", line 3, column 1",
      '"2024-13-01 00:05:00" is not a time',
      "A line is like",
    ],
    ["one point", "a.csv", head, "", "one point: too little", "wants 60 points"],
    ["no point", "a.csv", "timestamp,value\n", "", "no point: too little", "wants 60 points"],
    [
      "newest first",
      "a.csv",
      `${head}2023-01-01,2\n2022-01-01,3\n`,
      "",
      "times go back in 2 of 3 lines",
      "sort -t, -k1,1",
    ],
    [
      "a Python dict",
      "a.txt",
      "{\n  'source': 'aws.ec2'\n}",
      ", line 2, column 3",
      "this is a Python dict",
      "json.dumps",
    ],
    ["Python words", "a.txt", '{\n  "muted": True\n}', ", line 2, column 12", "True: this is Python", "json.dumps"],
    ["comments", "a.txt", '{\n  "id": "a", // the id\n}', ", line 2, column 14", "a comment", "Take the comments out"],
    [
      "a comma too many",
      "a.json",
      '{\n  "id": "a",\n}',
      ", line 2, column 12",
      "a comma too many before }",
      "Take it out",
    ],
    ["a shortened example", "a.txt", '{\n  "id": "a",\n  ...\n}', ", line 3, column 3", "three dots", "a whole event"],
    [
      "half an event",
      "a.json",
      '{\n  "id": "a",\n  "detail": {',
      ", line 3, column 14",
      "the text ends",
      "copy it whole",
    ],
    [
      "a template",
      "a.json",
      '{"source":"aws.ec2","detail-type":"EC2 Instance Rebalance Recommendation","id":"a","account":"1","region":"r","time":"yyyy-mm-ddThh:mm:ssZ","detail":{"instance-id":"i-1"}}',
      ", line 1",
      "is not a time",
      'put real values in the place of "yyyy-mm-ddThh:mm:ssZ"',
    ],
  ])("%s", async (_, name, content, place, said, wayOut) => {
    const path = file(name, content);
    const { exit, err, out } = await run([path]);

    expect(exit).toBe(exits.wrong);
    expect(err).toContain(`${path}${place}: `);
    expect(err).toContain(said);
    expect(err).toContain(wayOut);
    expect(out).toBe("");
  });

  it("a directory", async () => {
    const dir = tempDir();

    expect(await run([dir])).toMatchObject({ exit: 2, err: expect.stringContaining(`${dir}: is a directory`) });
  });

  it("a file that is not there", async () => {
    expect(await run(["nowhere.json"])).toMatchObject({
      exit: 2,
      err: expect.stringContaining("nowhere.json: there is no such file"),
    });
  });

  it("with --json there is still one object on standard output, and it names the problem", async () => {
    const { exit, events, problems } = await runJson(["nowhere.json"]);

    expect({ exit, events }).toEqual({ exit: 2, events: 0 });
    expect(problems).toMatchObject([{ file: "nowhere.json", what: "there is no such file" }]);
  });
});

it("a large file streams, and its progress is told on standard error", async () => {
  const unknown = '{"source":"x","detail-type":"Y"}\n';
  const { exit, events, err } = await runJson([file("large.jsonl", unknown.repeat(200_001))]);

  expect({ exit, events }).toEqual({ exit: 0, events: 200_001 });
  expect(err).toMatch(/100,000 records\n.*200,000 records\n$/s);
});

it("of many bad lines the first ten are told and the rest is counted", async () => {
  const { err, unreadable } = await runJson([
    file("a.jsonl", `{"source":"x","detail-type":"Y"}\n${"{oops}\n".repeat(25)}`),
  ]);

  expect(unreadable).toBe(25);
  expect(err.match(/not JSON/g)).toHaveLength(10);
  expect(err).toContain("like these: 15");
});
