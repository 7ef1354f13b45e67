import { z } from "zod";

/**
 * What Slack takes in one message, from its Block Kit reference. Slack refuses the whole message for one block over a limit.
 *
 * `text` is not in the reference: Slack has refused messages with 11,341 characters of text in their blocks
 * (`msg_blocks_too_long`, slackapi/bolt-js#2867), so we stay well below.
 */
export const limits = {
  blocks: 50,
  header: 150,
  section: 3_000,
  fields: 10,
  field: 2_000,
  contextElements: 10,
  contextText: 3_000,
  actions: 25,
  buttonText: 75,
  value: 2_000,
  id: 255,
  text: 10_000,
} as const;

const text = z.object({ type: z.enum(["plain_text", "mrkdwn"]), text: z.string() });
const button = z.object({
  type: z.literal("button"),
  text,
  action_id: z.string(),
  value: z.string().optional(),
});
const id = z.string().optional();
const block = z.discriminatedUnion("type", [
  z.object({ type: z.literal("header"), text, block_id: id }),
  z.object({ type: z.literal("section"), text: text.optional(), fields: z.array(text).optional(), block_id: id }),
  z.object({ type: z.literal("context"), elements: z.array(text).min(1), block_id: id }),
  z.object({ type: z.literal("actions"), elements: z.array(button).min(1), block_id: id }),
  z.object({ type: z.literal("divider"), block_id: id }),
]);

/** Every reason for which Slack would refuse these blocks, naming the block. Blocks that the bot never sends are one. */
export function checkBlocks(blocks: readonly unknown[]): string[] {
  const problems: string[] = [];
  let total = 0;
  const atMost = (what: string, count: number, max: number) => {
    if (count > max) problems.push(`${what}: ${count}, at most ${max}`);
  };
  const sized = (what: string, given: string, max: number) => {
    total += given.length;
    if (given.length === 0) problems.push(`${what}: empty`);
    atMost(`${what}, characters`, given.length, max);
  };

  atMost("blocks", blocks.length, limits.blocks);
  for (const [index, given] of blocks.entries()) {
    const read = block.safeParse(given);
    if (!read.success) {
      problems.push(`block ${index}: ${z.prettifyError(read.error)}`);
      continue;
    }
    const { data } = read;
    const name = `block ${index} (${data.type})`;
    if (data.block_id !== undefined) sized(`${name} id`, data.block_id, limits.id);
    switch (data.type) {
      case "header":
        if (data.text.type !== "plain_text") problems.push(`${name}: not plain text`);
        sized(name, data.text.text, limits.header);
        break;
      case "section":
        if (!data.text && !data.fields) problems.push(`${name}: neither text nor fields`);
        if (data.text) sized(name, data.text.text, limits.section);
        atMost(`${name} fields`, data.fields?.length ?? 0, limits.fields);
        for (const field of data.fields ?? []) sized(`${name} field`, field.text, limits.field);
        break;
      case "context":
        atMost(`${name} elements`, data.elements.length, limits.contextElements);
        for (const element of data.elements) sized(`${name} element`, element.text, limits.contextText);
        break;
      case "actions":
        atMost(`${name} elements`, data.elements.length, limits.actions);
        for (const element of data.elements) {
          if (element.text.type !== "plain_text") problems.push(`${name} button: not plain text`);
          sized(`${name} button`, element.text.text, limits.buttonText);
          sized(`${name} action id`, element.action_id, limits.id);
          atMost(`${name} value, characters`, element.value?.length ?? 0, limits.value);
        }
        break;
      case "divider":
        break;
    }
  }
  atMost("text of all blocks, characters", total, limits.text);
  return problems;
}
