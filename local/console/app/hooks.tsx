import type { MessageProps } from "slack-blocks-to-jsx";
import { dateTime, isoTime } from "./words.ts";

/** Where the console renders differently from the library: simulated times in UTC, and links that can harm nobody. */
export const hooks: MessageProps["hooks"] = {
  date: ({ timestamp }) => {
    const at = Number(timestamp) * 1_000;
    return (
      <time dateTime={isoTime(at)} className="slack-date">
        {dateTime(at)} UTC
      </time>
    );
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
