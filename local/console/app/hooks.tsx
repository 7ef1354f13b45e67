import type { MessageProps } from "slack-blocks-to-jsx";
import { dateTime, isoTime } from "./words.ts";

/** Where the console renders differently from the library: times in UTC, text that is no emoji, links that harm nobody. */
export const hooks: MessageProps["hooks"] = {
  date: ({ timestamp }) => {
    const at = Number(timestamp) * 1_000;
    return (
      <time dateTime={isoTime(at)} className="slack-date">
        {dateTime(at)} UTC
      </time>
    );
  },
  emoji: (emoji, parse) => {
    const parsed = parse(emoji);
    // The library leaves the colons out around what it does not know, as in `03:09:40` or `arn:aws:ecs`.
    return parsed === emoji.name ? `:${emoji.name}:` : parsed;
  },
  link: ({ href, children }) =>
    /^https?:\/\//i.test(href) ? (
      <a href={href} target="_blank" rel="noopener noreferrer" className="slack-link">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
};
