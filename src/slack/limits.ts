import { z } from "zod";

/**
 * What Slack takes in one message or view, from its Block Kit reference. It refuses the whole for one block over a limit.
 *
 * `text` is not in the reference: Slack has refused messages with 11,341 characters of text in their blocks
 * (`msg_blocks_too_long`, slackapi/bolt-js#2867), so we stay well below.
 */
export const limits = {
  blocks: 50,
  /** Of a modal or of App Home. */
  viewBlocks: 100,
  title: 24,
  metadata: 3_000,
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
  label: 2_000,
  placeholder: 150,
  checkboxes: 10,
  options: 100,
  optionText: 75,
  optionValue: 150,
  input: 3_000,
  alt: 2_000,
  text: 10_000,
} as const;

const plain = (max: number) => z.object({ type: z.literal("plain_text"), text: z.string().min(1).max(max) });
const words = (max: number) => z.object({ type: z.enum(["plain_text", "mrkdwn"]), text: z.string().min(1).max(max) });
const id = z.string().min(1).max(limits.id);
const option = z.object({
  text: words(limits.optionText),
  value: z.string().min(1).max(limits.optionValue),
  description: words(limits.optionText).optional(),
});

const button = z.object({
  type: z.literal("button"),
  text: plain(limits.buttonText),
  action_id: id,
  value: z.string().max(limits.value).optional(),
});

/** What can be filled in. Slack refuses a choice without options. */
const element = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("plain_text_input"),
    action_id: id,
    max_length: z.int().positive().max(limits.input).optional(),
    placeholder: plain(limits.placeholder).optional(),
  }),
  z.object({ type: z.literal("checkboxes"), action_id: id, options: z.array(option).min(1).max(limits.checkboxes) }),
  z.object({
    type: z.enum(["static_select", "multi_static_select"]),
    action_id: id,
    options: z.array(option).min(1).max(limits.options),
    placeholder: plain(limits.placeholder).optional(),
  }),
]);

const common = { block_id: id.optional() };
const block = z.discriminatedUnion("type", [
  z.object({ type: z.literal("header"), text: plain(limits.header), ...common }),
  z
    .object({
      type: z.literal("section"),
      text: words(limits.section).optional(),
      fields: z.array(words(limits.field)).min(1).max(limits.fields).optional(),
      ...common,
    })
    .refine(({ text, fields }) => text ?? fields, "neither text nor fields"),
  z.object({
    type: z.literal("context"),
    elements: z.array(words(limits.contextText)).min(1).max(limits.contextElements),
    ...common,
  }),
  z.object({ type: z.literal("actions"), elements: z.array(button).min(1).max(limits.actions), ...common }),
  z.object({
    type: z.literal("image"),
    slack_file: z.object({ id }),
    alt_text: z.string().min(1).max(limits.alt),
    ...common,
  }),
  z.object({
    type: z.literal("input"),
    label: plain(limits.label),
    hint: plain(limits.label).optional(),
    element,
    ...common,
  }),
  z.object({ type: z.literal("divider"), ...common }),
]);

const message = z.array(block).max(limits.blocks);
const blocks = z.array(block).max(limits.viewBlocks);
const view = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("modal"),
    callback_id: id.optional(),
    private_metadata: z.string().max(limits.metadata).optional(),
    title: plain(limits.title),
    submit: plain(limits.title).optional(),
    close: plain(limits.title).optional(),
    blocks,
  }),
  z.object({ type: z.literal("home"), blocks }),
]);

/** Every reason for which Slack would refuse a message of these blocks. Blocks that the bot never sends are one. */
export const checkBlocks = (blocks: readonly unknown[]): string[] => [
  ...problemsOf(message, blocks),
  ...tooMuch(blocks),
];

/** The same for a modal or for App Home. */
export const checkView = (given: unknown): string[] => [...problemsOf(view, given), ...tooMuch(given)];

function problemsOf(schema: z.ZodType, given: unknown): string[] {
  const { error } = schema.safeParse(given);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".") || "all"}: ${message}`);
}

function tooMuch(given: unknown): string[] {
  const total = charactersIn(given);
  return total > limits.text ? [`text of all blocks: ${total} characters, at most ${limits.text}`] : [];
}

/** The characters that people read, wherever they are. */
function charactersIn(given: unknown): number {
  if (given === null || typeof given !== "object") return 0;
  return Object.entries(given).reduce(
    (sum, [key, value]) => sum + (key === "text" && typeof value === "string" ? value.length : charactersIn(value)),
    0,
  );
}
