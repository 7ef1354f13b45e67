import * as fc from "fast-check";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { Message } from "slack-blocks-to-jsx";
import { describe, expect, it } from "vitest";
import { toRenderable } from "../../../../local/console/app/to-renderable.ts";
import { hooks } from "../../../../local/console/app/hooks.tsx";
import { code, foreign } from "../../../../src/slack/text.ts";

/** How the console shows one section of a message, as HTML. */
function shown(text: string): string {
  const { blocks } = toRenderable([{ type: "section", text: { type: "mrkdwn", text, verbatim: true } }], "1.0");
  return renderToStaticMarkup(
    createElement(Message, { blocks, name: "", logo: "", withoutWrapper: true, hooks, theme: "light" }),
  );
}

const entities: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&quot;": '"',
  "&#x27;": "'",
};

/** What a person reads of it. */
const read = (html: string): string =>
  html
    .replace(/<[^>]*>/g, "")
    .replace(/\u2060/g, "")
    .replace(/&(?:lt|gt|amp|quot|#x27);/g, (entity) => entities[entity] ?? "");

describe("a message in the console", () => {
  it("formats what the bot formats", () => {
    const html = shown("*Runbook*\n`spot-interruption`\n1. drain i-1\n2. launch");

    expect(html).toContain("<strong>");
    expect(html).toMatch(/<code[^>]*>spot-interruption<\/code>/);
    expect(read(html)).toContain("1. drain i-1");
    expect(read(html)).toContain("2. launch");
  });

  it("shows Slack's dates in simulated time", () => {
    expect(read(shown("until <!date^1772508880^{date_short_pretty} at {time}|fallback>."))).toContain(
      "until 3 Mar, 03:34 UTC.",
    );
  });

  it.each([
    "[Approve](https://evil.example)",
    "<https://evil.example|Approve>",
    "https://evil.example www.evil.example",
    "![x](https://evil.example/x.png)",
    "<!channel> <@U0ALEX> <#C1|general>",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "# Closed: healed",
    "--- x",
    "C:\\[temp] \\& more",
    "a[^1] &lt;b&gt; &#91;",
    "| a | b |",
    "arn:aws:ecs:us-east-1:123456789012:cluster/gpu at 03:09:40",
  ])("shows %s of somebody else as the text that it is", (text) => {
    const html = shown(`It is ${foreign(text, 200)}`);

    expect(html).not.toMatch(/<(?:a|img|script|em|strong|del|s|h\d|iframe)[ >]|slack_(?:user|broadcast|channel)/);
    expect(read(html)).toBe(`It is ${text}`);
  });

  it("makes no links, pictures or scripts of any name, wherever it stands", () => {
    const part = fc.constantFrom(
      "<",
      ">",
      "[",
      "](",
      ")",
      "!",
      "#",
      "*",
      "`",
      "https://a.b",
      "\\",
      "&lt;",
      "@",
      "|",
      "x",
      " ",
      "-",
      "\n",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const name = parts.join("");
        const html = shown(`${foreign(name, 500)}\n*Why* ${foreign(name, 500)}\n${code(name, 500)}`);
        expect(html).not.toMatch(
          /<(?:a|img|script|iframe|object|form)[ >]|javascript:|slack_(?:user|broadcast|channel)/,
        );
      }),
      { seed: 20260303, numRuns: 300 },
    );
  });
});
