/** A field of a form, as far as the bot's forms have them. */
export interface Field {
  readonly block: string;
  readonly label: string;
  readonly hint?: string;
  readonly isNeeded: boolean;
  readonly kind: "text" | "lines" | "one" | "several";
  readonly charsMax?: number;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
export const textOf = (value: unknown): string => (isObject(value) && typeof value.text === "string" ? value.text : "");

/** Reads an `input` block. `undefined`: it is none, or of a kind that no form of the bot has. */
export function readField(block: unknown): Field | undefined {
  if (!isObject(block) || block.type !== "input" || !isObject(block.element)) return undefined;
  const { element, block_id: id, label, hint, optional } = block;
  const kind = kindOf(element);
  if (typeof id !== "string" || kind === undefined) return undefined;
  const options = Array.isArray(element.options) ? element.options.filter(isObject) : [];
  return {
    block: id,
    label: textOf(label),
    ...(hint !== undefined && { hint: textOf(hint) }),
    isNeeded: optional !== true,
    kind,
    ...(typeof element.max_length === "number" && { charsMax: element.max_length }),
    options: options.map(({ value, text }) => ({ value: String(value), label: textOf(text) })),
  };
}

function kindOf({ type, multiline }: Record<string, unknown>): Field["kind"] | undefined {
  switch (type) {
    case "plain_text_input":
      return multiline === true ? "lines" : "text";
    case "static_select":
    case "radio_buttons":
      return "one";
    case "checkboxes":
    case "multi_static_select":
      return "several";
    default:
      return undefined;
  }
}
