import type { Block } from "slack-blocks-to-jsx";

/** What a button stands for. */
export interface Press {
  readonly actionId: string;
  readonly value: string;
}

/**
 * Makes blocks whose buttons can be told apart on the page.
 *
 * The renderer keeps only the `action_id` of a button, as its DOM id, and that is the same in every message. So each
 * button gets an id of its own; `presses` says what it stands for. Links and confirmations on buttons are left out: the
 * console sends the click and opens nothing. What is no block is left out, too.
 */
export function tellButtonsApart(
  blocks: readonly unknown[],
  ts: string,
): { blocks: Block[]; presses: ReadonlyMap<string, Press> } {
  const presses = new Map<string, Press>();
  const rename = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(rename);
    if (!isObject(part)) return part;
    const copy = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, rename(value)]));
    if (copy.type !== "button") return copy;
    const { url: _url, confirm: _confirm, ...button } = copy;
    const id = `press-${ts}-${presses.size}`;
    const text = (value: unknown): string => (typeof value === "string" ? value : "");
    presses.set(id, { actionId: text(button.action_id), value: text(button.value) });
    return { ...button, action_id: id };
  };
  return { blocks: blocks.map(rename).filter(isBlock), presses };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Deep enough for the renderer to choose; what it then cannot render is caught around it. */
const isBlock = (value: unknown): value is Block => isObject(value) && typeof value.type === "string";
