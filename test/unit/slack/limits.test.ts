import { describe, expect, it } from "vitest";
import { checkBlocks } from "../../../src/slack/limits.ts";

const section = (length: number) => ({ type: "section", text: { type: "mrkdwn", text: "x".repeat(length) } });
const button = (label: string, value: string, id = "approve") => ({
  type: "button",
  action_id: id,
  value,
  text: { type: "plain_text", text: label },
});

describe("Slack's limits", () => {
  it("are kept by blocks that are just within them", () => {
    expect(
      checkBlocks([
        { type: "header", text: { type: "plain_text", text: "x".repeat(150) } },
        section(3_000),
        { type: "section", fields: Array.from({ length: 10 }, () => ({ type: "mrkdwn", text: "x".repeat(20) })) },
        { type: "context", elements: Array.from({ length: 10 }, () => ({ type: "mrkdwn", text: "x" })) },
        {
          type: "actions",
          block_id: "x".repeat(255),
          elements: [button("x".repeat(75), "x".repeat(2_000), "x".repeat(255))],
        },
        { type: "divider" },
      ]),
    ).toEqual([]);
  });

  it.each<[string, unknown[]]>([
    ["51 blocks", Array.from({ length: 51 }, () => ({ type: "divider" }))],
    ["a long header", [{ type: "header", text: { type: "plain_text", text: "x".repeat(151) } }]],
    ["a formatted header", [{ type: "header", text: { type: "mrkdwn", text: "x" } }]],
    ["a long section", [section(3_001)]],
    ["an empty section", [section(0)]],
    ["a section of nothing", [{ type: "section" }]],
    ["11 fields", [{ type: "section", fields: Array.from({ length: 11 }, () => ({ type: "mrkdwn", text: "x" })) }]],
    ["a long field", [{ type: "section", fields: [{ type: "mrkdwn", text: "x".repeat(2_001) }] }]],
    [
      "11 elements of context",
      [{ type: "context", elements: Array.from({ length: 11 }, () => ({ type: "mrkdwn", text: "x" })) }],
    ],
    ["26 buttons", [{ type: "actions", elements: Array.from({ length: 26 }, () => button("x", "x")) }]],
    ["no buttons", [{ type: "actions", elements: [] }]],
    ["a long label", [{ type: "actions", elements: [button("x".repeat(76), "x")] }]],
    ["a long value", [{ type: "actions", elements: [button("x", "x".repeat(2_001))] }]],
    ["a long action id", [{ type: "actions", elements: [button("x", "x", "x".repeat(256))] }]],
    ["a long block id", [{ type: "divider", block_id: "x".repeat(256) }]],
    ["more text in all than Slack takes", Array.from({ length: 4 }, () => section(2_900))],
    ["a block that the bot does not send", [{ type: "video" }]],
    ["what is no block", [null]],
  ])("are broken by %s", (_, blocks) => {
    expect(checkBlocks(blocks)).toHaveLength(1);
  });
});
