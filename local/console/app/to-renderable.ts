import type { Block } from "slack-blocks-to-jsx";
import { forRenderer } from "./mrkdwn.ts";
import { fromSlack } from "./words.ts";

/** What a button stands for. */
export interface Press {
  readonly actionId: string;
  readonly value: string;
}

/**
 * Blocks as the renderer needs them, and what the buttons in them stand for, by DOM id.
 *
 * The renderer keeps only the `action_id` of a button, as its DOM id, and that is the same in every message; so each
 * button gets an id of its own, and blocks get none. Links and confirmations on buttons are left out: the console sends
 * the click and opens nothing. What is no block is left out, too.
 */
export function toRenderable(
  blocks: readonly unknown[],
  ts: string,
): { blocks: Block[]; presses: ReadonlyMap<string, Press> } {
  const presses = new Map<string, Press>();
  const convert = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(convert);
    if (!isObject(part)) return part;
    const { type, text } = part;
    // `verbatim` is raw text to the renderer; to Slack it only means that it shall look for no links and mentions itself.
    if (type === "mrkdwn" && typeof text === "string") return { type, text: wholeIds(forRenderer(text)) };
    if (type === "plain_text" && typeof text === "string") {
      return { type, text: wholeIds(fromSlack(text)), verbatim: true };
    }
    const copy = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, convert(value)]));
    delete copy.block_id;
    // A file of Slack's own, which the console's server has.
    if (type === "image" && isObject(part.slack_file)) {
      return { ...copy, image_url: `/api/picture/${encodeURIComponent(orEmpty(part.slack_file.id))}` };
    }
    if (type !== "button") return copy;
    const { url: _url, confirm: _confirm, ...button } = copy;
    const press = { actionId: orEmpty(button.action_id), value: orEmpty(button.value) };
    const id = `press-${ts}-${press.actionId}-${presses.size}`;
    presses.set(id, press);
    return { ...button, action_id: id };
  };
  return { blocks: blocks.map(convert).filter(isBlock), presses };
}

/** Keeps a browser from breaking an instance's id after its dash, with a mark that takes no room. */
const wholeIds = (text: string): string => text.replace(/\bi-(?=[0-9a-f]{8})/g, "i-\u2060");

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const orEmpty = (value: unknown): string => (typeof value === "string" ? value : "");

/** Deep enough for the renderer to choose; what it then cannot render is caught around it. */
const isBlock = (value: unknown): value is Block => isObject(value) && typeof value.type === "string";
