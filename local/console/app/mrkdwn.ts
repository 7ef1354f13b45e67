import { fromSlack } from "./words.ts";

/** Invisible, no space, no part of any syntax: put between two characters, it keeps them from meaning something together. */
const apart = "\u2060";

/**
 * Writes Slack's mrkdwn so that the renderer shows what Slack would show.
 *
 * The renderer reads Markdown, after it has put `<` and `>` in place of what was escaped. So text that means nothing in
 * Slack would become links, mentions or headings, and lines that it reads as headings or rules would vanish. What stands
 * in angle brackets is Slack's own (dates, links, mentions) and stays; what is escaped is text and stays text.
 */
export function forRenderer(mrkdwn: string): string {
  return mrkdwn
    .split(/(<[^<>\n]*>)/)
    .map((part, index) => (index % 2 === 1 ? part : keepAsText(part)))
    .join("")
    .replace(/^(?=[^\p{L}\p{N}*_~`<>\n])/gmu, apart);
}

const keepAsText = (text: string): string =>
  fromSlack(text.replace(/&lt;/g, `&lt;${apart}`).replace(/&gt;/g, `${apart}&gt;`))
    // Links, footnotes, definitions and escapes of Markdown.
    .replace(/[\]\\](?=[([:\p{P}\p{S}])|\[(?=\^)|&(?=#?\w+;)/gu, (mark) => mark + apart)
    // Slack makes no links of what looks like one where `verbatim` is set, as the bot does.
    .replace(/:\/\/|www\./gi, (mark) => mark[0] + apart + mark.slice(1));
