import type { KnownBlock, MrkdwnElement, PlainTextElement } from "@slack/web-api";

/** `verbatim`: Slack makes no links or mentions out of what looks like one. */
export const mrkdwn = (text: string): MrkdwnElement => ({ type: "mrkdwn", text, verbatim: true });
export const plain = (text: string): PlainTextElement => ({ type: "plain_text", text, emoji: false });

export const header = (text: string): KnownBlock => ({ type: "header", text: plain(text) });
export const section = (text: string): KnownBlock => ({ type: "section", text: mrkdwn(text) });
export const context = (text: string): KnownBlock => ({ type: "context", elements: [mrkdwn(text)] });
export const divider: KnownBlock = { type: "divider" };
