const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const lookalikes: Readonly<Record<string, string>> = { "*": "∗", _: "＿", "~": "∼", "`": "'" };

/** No text is read further than this: what is longer is cut much earlier anyway. */
const readMax = 20_000;

/**
 * Makes text that is not ours harmless anywhere in a Slack message: one line, at most `max` characters as Slack counts
 * them (escaped), no mentions, links or formatting, nothing invisible that reorders what people read.
 *
 * Slack formats only between word boundaries, so the `_` inside `my_job_name` stays what it is.
 */
export function foreign(text: string, max: number): string {
  return cut(
    oneLine(text)
      .replace(/`/g, "'")
      .replace(/(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])/gu, (mark) => lookalikes[mark] ?? ""),
    max,
  );
}

/** The name of a thing, as code: Slack formats nothing inside it. At most `max` characters, with its two backticks. */
export function code(name: string, max: number): string {
  return `\`${cut(oneLine(name).replace(/`/g, "'"), max - 2)}\``;
}

/** Somebody who is notified, or everybody in a user group. Only an id as Slack gives them out mentions anybody. */
export function mention(id: string): string {
  if (/^[UW][A-Z0-9]{2,}$/.test(id)) return `<@${id}>`;
  return /^S[A-Z0-9]{2,}$/.test(id) ? `<!subteam^${id}>` : foreign(id, 80);
}

/** A moment, shown in each reader's own time zone. */
export function moment(atMs: number): string {
  // 8.64e15 is the end of time for a Date, and Slack knows no moments before 1970.
  if (!(atMs >= 0 && atMs <= 8.64e15)) return "an unknown time";
  const utc = new Date(atMs).toISOString().slice(0, 16).replace("T", " ");
  return `<!date^${Math.floor(atMs / 1000)}^{date_short_pretty} at {time}|${utc} UTC>`;
}

/** Joins lines up to `linesMax` and `charsMax`; the rest becomes one last line, such as "and 37 more". */
export function fold(
  lines: readonly string[],
  { linesMax, charsMax, separator = "\n" }: { linesMax: number; charsMax: number; separator?: string },
  more: (from: number) => string,
): string {
  let text = "";
  for (const [index, line] of lines.entries()) {
    const next = index === 0 ? line : `${text}${separator}${line}`;
    const rest = index === lines.length - 1 ? "" : `${separator}${more(index + 1)}`;
    if (index === linesMax || next.length + rest.length > charsMax)
      return `${text}${index === 0 ? "" : separator}${more(index)}`;
    text = next;
  }
  return text;
}

/** Without line breaks, control and invisible characters, among them those that turn the direction of writing. */
function oneLine(text: string): string {
  return text
    .slice(0, readMax)
    .toWellFormed()
    .replace(/[\p{Z}\p{Cc}\p{Cf}\u2800\u3164]+/gu, " ")
    .trim();
}

function cut(text: string, max: number): string {
  let whole = "";
  let short = "";
  for (const char of text) {
    whole += entities[char] ?? char;
    if (whole.length > max) return `${short.trimEnd()}…`;
    if (whole.length < max) short = whole;
  }
  return whole === "" ? "(empty)" : whole;
}
