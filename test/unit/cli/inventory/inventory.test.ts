import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { inventory } from "../../../../cli/inventory/inventory.ts";
import { main } from "../../../../cli/paramedic.ts";
import { listen } from "../../../../local/servers.ts";
import { paper } from "../given.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "paramedic-inventory-"));
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

/** An account whose tagging API answers each page in turn, or refuses. */
async function account(pages: readonly object[], status = 200) {
  const asked: string[] = [];
  const server = await listen(
    createServer((request, response) => {
      request.on("data", (chunk: Buffer) => void asked.push(chunk.toString()));
      request.on("end", () => {
        const page = pages[Math.min(asked.length, pages.length) - 1];
        response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(page));
      });
    }),
  );
  const io = paper();
  const run = (...args: string[]) => inventory(args, io, { AWS_ENDPOINT_URL: server.url, AWS_REGION: "us-east-2" });
  return { run, io, asked, close: () => server.close() };
}

it("lists what the packaged template makes, by type and name, and says what stays", async () => {
  const Resources = {
    Table: { Type: "AWS::DynamoDB::Table", DeletionPolicy: "Retain", Properties: { TableName: "paramedic-dev" } },
    IntakeRole: { Type: "AWS::IAM::Role", Properties: {} },
    Alarm: { Type: "AWS::CloudWatch::Alarm", Properties: { AlarmName: "paramedic-dev-spot-errors" } },
  };
  writeFileSync(join(folder, "cloudformation-template-update-stack.json"), JSON.stringify({ Resources }));
  const io = paper();
  const exit = await inventory(["--package", folder, "--json"], io);

  expect(exit).toBe(0);
  expect(JSON.parse(io.written.out)).toEqual({
    from: folder,
    resources: [
      { type: "AWS::CloudWatch::Alarm", name: "paramedic-dev-spot-errors", staysBehind: false },
      { type: "AWS::DynamoDB::Table", name: "paramedic-dev", staysBehind: true },
      { type: "AWS::IAM::Role", name: "IntakeRole", staysBehind: false },
    ],
  });
});

it("says what to do when nothing is packaged", async () => {
  const io = paper();
  expect(await main(["inventory", "--package", folder], io)).toBe(2);
  expect(io.written.err).toContain("Run npm run package first");
});

it("lists what carries the tags of the stack in the account, all pages of it", async () => {
  const { run, io, asked, close } = await account([
    { ResourceTagMappingList: [{ ResourceARN: "arn:b" }], PaginationToken: "more" },
    { ResourceTagMappingList: [{ ResourceARN: "arn:a" }] },
  ]);
  const exit = await run("--account", "--stage", "prod", "--json");
  await close();

  expect(exit).toBe(0);
  expect(JSON.parse(io.written.out)).toEqual({ from: "account", resources: ["arn:a", "arn:b"] });
  expect(JSON.parse(asked[0] ?? "")).toMatchObject({
    TagFilters: [
      { Key: "application", Values: ["paramedic"] },
      { Key: "stage", Values: ["prod"] },
    ],
  });
});

it("says which permission it takes where it is refused, and ends with 4 where nobody answers", async () => {
  const { run, close } = await account([{ __type: "AccessDeniedException", message: "no" }], 400);
  await expect(run("--account")).rejects.toThrow(/tag:GetResources/);
  await close();
  const io = paper();
  const nowhere = { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_REGION: "us-east-2" };
  expect(await inventory(["--account"], io, nowhere)).toBe(4);
});
