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
    if (type === "mrkdwn" && typeof text === "string") return { type, text: forRenderer(text) };
    if (type === "plain_text" && typeof text === "string") return { type, text: fromSlack(text), verbatim: true };
    const copy = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, convert(value)]));
    delete copy.block_id;
    if (type !== "button") return copy;
    const { url: _url, confirm: _confirm, ...button } = copy;
    const id = `press-${ts}-${presses.size}`;
    presses.set(id, { actionId: orEmpty(button.action_id), value: orEmpty(button.value) });
    return { ...button, action_id: id };
  };
  return { blocks: blocks.map(convert).filter(isBlock), presses };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const orEmpty = (value: unknown): string => (typeof value === "string" ? value : "");

/** Deep enough for the renderer to choose; what it then cannot render is caught around it. */
const isBlock = (value: unknown): value is Block => isObject(value) && typeof value.type === "string";
