import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from "@slack/web-api";
import { plain, section } from "./blocks.ts";
import { limits } from "./limits.ts";
import type { About } from "./submission.ts";
import { foreign } from "./text.ts";

/** The forms there are, by their callback ids. */
export const forms = { deny: "deny", override: "override", undo: "undo", halt: "halt", resume: "resume" } as const;

/** So much of a reason fits into a card and a story without pushing out the rest. */
const whyMax = 500;

/** A form in a window of its own. */
export function form(
  callback: keyof typeof forms,
  { title, submit, about, blocks }: { title: string; submit: string; about: About; blocks: KnownBlock[] },
): ModalView {
  return {
    type: "modal",
    callback_id: forms[callback],
    private_metadata: JSON.stringify(about),
    title: plain(title),
    submit: plain(submit),
    close: plain("Cancel"),
    blocks,
  };
}

/** The last word about a form that was submitted: it takes the form's place, so it needs no call that could fail. */
export const closing = (text: string): ModalView => ({
  type: "modal",
  title: plain("Paramedic"),
  close: plain("Close"),
  blocks: [section(foreign(text, 2_000))],
});

export const whyInput = (label: string, isNeeded = false): InputBlock => ({
  type: "input",
  block_id: "why",
  optional: !isNeeded,
  label: plain(label),
  element: { type: "plain_text_input", action_id: "why", multiline: true, max_length: whyMax },
});

/** One of several, by value. */
export function choice(
  id: string,
  label: string,
  options: readonly Choice[],
  more: { isNeeded?: boolean; hint?: string } = {},
): InputBlock {
  return {
    type: "input",
    block_id: id,
    optional: !more.isNeeded,
    label: plain(foreign(label, limits.label)),
    ...(more.hint !== undefined && { hint: plain(foreign(more.hint, limits.label)) }),
    element: { type: "static_select", action_id: id, options: options.slice(0, limits.options).map(toOption) },
  };
}

/** Any number of them: boxes as long as Slack takes so many, a list with search above that. */
export function choices(id: string, label: string, all: readonly Choice[], hint: string): InputBlock {
  const options = all.slice(0, limits.options).map(toOption);
  const element: InputBlock["element"] =
    options.length <= limits.checkboxes
      ? { type: "checkboxes", action_id: id, options }
      : { type: "multi_static_select", action_id: id, options };
  return { type: "input", block_id: id, optional: true, label: plain(label), hint: plain(hint), element };
}

export interface Choice {
  readonly label: string;
  readonly value: string;
}

const toOption = ({ label, value }: Choice): PlainTextOption => ({
  text: plain(foreign(label, limits.optionText)),
  value,
});

/** Asks why the plan is denied; the reason may be left out, because at night a no is a no. */
export const denyForm = (about: About, title: string): ModalView =>
  form("deny", {
    title: "Deny the plan",
    submit: "Deny",
    about,
    blocks: [section(`*${foreign(title, 150)}*\nNothing will be done.`), whyInput("Why?")],
  });

/** Asks why everything is to be taken back. */
export const undoForm = (about: About, title: string): ModalView =>
  form("undo", {
    title: "Undo the changes",
    submit: "Undo",
    about,
    blocks: [
      section(`*${foreign(title, 150)}*\nEverything that was changed for it is taken back, last change first.`),
      whyInput("Why?", true),
    ],
  });
